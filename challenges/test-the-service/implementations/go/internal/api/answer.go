package api

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"

	"orders/internal/shop"
)

type answer struct {
	status int
	body   any
}

// handler answers a request, or says why not.
type handler func(*http.Request) (answer, error)

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	given, err := h(r)
	if err != nil {
		given = refusal(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(given.status)
	if err := json.NewEncoder(w).Encode(given.body); err != nil {
		log.Printf("%s %s: %v", r.Method, r.URL.Path, err)
	}
}

// problem is an error that the client is told about.
type problem struct {
	status  int
	code    string
	message string
}

func (p problem) Error() string { return p.message }

// problems says how the shop's errors are told.
var problems = map[error]problem{
	shop.ErrNoProduct:  {status: http.StatusNotFound, code: "not_found"},
	shop.ErrNoOrder:    {status: http.StatusNotFound, code: "not_found"},
	shop.ErrSKUTaken:   {status: http.StatusConflict, code: "sku_taken"},
	shop.ErrOutOfStock: {status: http.StatusConflict, code: "out_of_stock"},
	shop.ErrWrongState: {status: http.StatusConflict, code: "wrong_state"},
	shop.ErrKeyReused:  {status: http.StatusConflict, code: "key_reused"},
	shop.ErrUnknownSKU: {status: http.StatusUnprocessableEntity, code: "unknown_sku"},
}

func refusal(err error) answer {
	var told problem
	if !errors.As(err, &told) {
		known := false
		if told, known = problems[err]; !known {
			log.Print(err)
			told = problem{status: http.StatusInternalServerError, code: "internal"}
		}
		told.message = err.Error()
	}
	return answer{told.status, map[string]any{
		"error": map[string]string{"code": told.code, "message": told.message},
	}}
}
