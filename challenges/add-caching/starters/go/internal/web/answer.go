// Package web has what all endpoints share: answers, problems and bodies.
package web

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
)

// Handler answers a request with a status and a value, which is nil for an empty body, or gives back why it could not.
type Handler func(r *http.Request) (status int, value any, err error)

// Answer serves what a handler answers as JSON.
func Answer(handler Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, value, err := handler(r)
		switch {
		case err != nil:
			refuse(w, r, err)
		case value == nil:
			w.WriteHeader(status)
		default:
			write(w, status, "application/json", value)
		}
	})
}

func refuse(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // Nobody is there any more to be told.
	}
	var problem *Problem
	if !errors.As(err, &problem) {
		slog.Error("a request failed", "path", r.URL.Path, "error", err)
		status := http.StatusInternalServerError
		problem = &Problem{http.StatusText(status), status, "Something went wrong."}
	}
	write(w, problem.Status, "application/problem+json", problem)
}

func write(w http.ResponseWriter, status int, contentType string, value any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	// A client that is gone cannot be told anything any more.
	_ = json.NewEncoder(w).Encode(value)
}
