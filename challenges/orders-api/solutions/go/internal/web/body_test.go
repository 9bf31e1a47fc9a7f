package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBodies(t *testing.T) {
	for body, want := range map[string]int{
		`{"text": "a", "number": 3}`:              0,
		`{"text": "\ud83d\ude00", "number": 3}`:   0,
		`{"text": "\\ud800", "number": -3}`:       0,
		``:                                        http.StatusBadRequest,
		`{`:                                       http.StatusBadRequest,
		`{"text": "a", "number": 3} {}`:           http.StatusBadRequest,
		"{\"text\": \"\xff\", \"number\": 3}":     http.StatusBadRequest,
		`null`:                                    http.StatusUnprocessableEntity,
		`[]`:                                      http.StatusUnprocessableEntity,
		`{"text": "a"}`:                           http.StatusUnprocessableEntity,
		`{"Text": "a", "number": 3}`:              http.StatusUnprocessableEntity,
		`{"text": "a", "number": 3, "more": 1}`:   http.StatusUnprocessableEntity,
		`{"text": null, "number": 3}`:             http.StatusUnprocessableEntity,
		`{"text": "a", "number": null}`:           http.StatusUnprocessableEntity,
		`{"text": "a", "number": "3"}`:            http.StatusUnprocessableEntity,
		`{"text": "a", "number": 3.5}`:            http.StatusUnprocessableEntity,
		`{"text": "a", "number": 11}`:             http.StatusUnprocessableEntity,
		`{"text": "a", "number": 1` + zeros + `}`: http.StatusUnprocessableEntity,
		`{"text": "\ud800", "number": 3}`:         http.StatusUnprocessableEntity,
		`{"text": "\ude00", "number": 3}`:         http.StatusUnprocessableEntity,
		`{"text": "\ud83d\u0041", "number": 3}`:   http.StatusUnprocessableEntity,
	} {
		request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		fields, err := ReadBody(httptest.NewRecorder(), request, "text", "number")
		if err == nil {
			fields.Text("text")
			fields.Integer("number", -10, 10)
			err = fields.Err()
		}
		got := 0
		if problem := new(Problem); errors.As(err, &problem) {
			got = problem.Status
		}
		if got != want {
			t.Errorf("%s: got %d (%v), want %d", body, got, err, want)
		}
	}
}

const zeros = "000000000000000000000000000000"
