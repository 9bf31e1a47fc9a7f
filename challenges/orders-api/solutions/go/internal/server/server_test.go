package server

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

// What the description names is there, and what is not there is a problem.
func TestEveryOperationOfTheDescriptionIsServed(t *testing.T) {
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(description, &document); err != nil {
		t.Fatal(err)
	}
	// Without a token no request reaches the database.
	service := New(nil, "secret")
	count := 0
	for path, operations := range document.Paths {
		for method, operation := range operations {
			open := strings.Contains(string(operation), `"security": []`)
			if method == "parameters" || open {
				continue
			}
			count++
			answer := httptest.NewRecorder()
			service.ServeHTTP(answer, httptest.NewRequest(strings.ToUpper(method), path, nil))
			if answer.Code != 401 {
				t.Errorf("%s %s: got %d, want 401", method, path, answer.Code)
			}
		}
	}
	if count != 10 {
		t.Errorf("got %d operations, want 10", count)
	}
}

func TestWhatIsNotThereIsAProblem(t *testing.T) {
	service := New(nil, "secret")
	for target, want := range map[string]int{
		"GET /nothing": 404, "GET //orders": 404, "GET /orders/": 404, "DELETE /orders": 405,
	} {
		method, path, _ := strings.Cut(target, " ")
		request := httptest.NewRequest(method, "/", nil)
		request.URL.Path = path
		answer := httptest.NewRecorder()
		service.ServeHTTP(answer, request)
		kind := answer.Header().Get("Content-Type")
		if answer.Code != want || kind != "application/problem+json" || answer.Header().Get("X-Request-Id") == "" {
			t.Errorf("%s: got %d, %s, want %d", target, answer.Code, kind, want)
		}
	}
}
