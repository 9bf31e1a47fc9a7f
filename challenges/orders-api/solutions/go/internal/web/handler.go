package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"orders/internal/postgres"
)

// Handler answers a request, or gives back why it could not.
type Handler func(w http.ResponseWriter, r *http.Request) error

// ServeHTTP answers errors as problems. What is no problem of the client's goes to the log alone.
func (h Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := h(w, r)
	if err == nil {
		return
	}
	var problem *Problem
	switch {
	case errors.As(err, &problem):
	case postgres.IsUnavailable(err):
		slog.WarnContext(r.Context(), "the database is away", "error", err)
		problem = &Problem{http.StatusServiceUnavailable, "The service cannot do this at the moment. Try again later."}
	default:
		slog.ErrorContext(r.Context(), "a request failed", "path", r.URL.Path, "error", err)
		problem = &Problem{http.StatusInternalServerError, "Something went wrong here. Try again later."}
	}
	problem.write(w)
}

// Methods has the handlers of one path, by method.
type Methods map[string]Handler

// Handle adds a path to the mux. Other methods are answered with 405 and a problem.
func Handle(mux *http.ServeMux, path string, methods Methods) {
	allowed := make([]string, 0, len(methods))
	for method, handler := range methods {
		mux.Handle(method+" "+path, handler)
		allowed = append(allowed, method)
	}
	slices.Sort(allowed)
	allow := strings.Join(allowed, ", ")
	mux.Handle(path, Handler(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", allow)
		return Fail(http.StatusMethodNotAllowed, "The methods here are %s.", allow)
	}))
}

// NotFound is for every path that is not there.
func NotFound(http.ResponseWriter, *http.Request) error {
	return Fail(http.StatusNotFound, "There is nothing at this path.")
}

// JSON answers with a value.
func JSON(w http.ResponseWriter, status int, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // A client that is gone cannot be told anything any more.
	return nil
}
