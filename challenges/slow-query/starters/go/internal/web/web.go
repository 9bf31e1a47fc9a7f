// Package web has what all endpoints share: answers, problems, parameters and bodies.
package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"
)

// Handler answers a request with a value, or gives back why it could not.
type Handler func(r *http.Request) (any, error)

// Answer serves a handler's values with this status.
func Answer(status int, handler Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		value, err := handler(r)
		if err == nil {
			write(w, status, "application/json", value)
			return
		}
		var problem *Problem
		if !errors.As(err, &problem) {
			slog.Error("a request failed", "path", r.URL.Path, "error", err)
			problem = &Problem{http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError, "Something went wrong."}
		}
		write(w, problem.Status, "application/problem+json", problem)
	})
}

func write(w http.ResponseWriter, status int, contentType string, value any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	// A client that is gone cannot be told anything any more.
	_ = json.NewEncoder(w).Encode(value)
}

// Problem is an error that the client is told about, as RFC 9457 has it.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func (p *Problem) Error() string { return p.Detail }

func fail(status int, format string, args ...any) error {
	return &Problem{http.StatusText(status), status, fmt.Sprintf(format, args...)}
}

// NotFound is for what is not there.
func NotFound(what string) error {
	return fail(http.StatusNotFound, "There is no such %s.", what)
}

// Invalid is for values that break a rule.
func Invalid(format string, args ...any) error {
	return fail(http.StatusUnprocessableEntity, format, args...)
}

// ID is the id in a request's path.
func ID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, Invalid("An id is a number.")
	}
	return id, nil
}

// Text is a parameter that must be there.
func Text(r *http.Request, name string) (string, error) {
	if !r.URL.Query().Has(name) {
		return "", Invalid("%s is missing.", name)
	}
	return r.URL.Query().Get(name), nil
}

// Day is a parameter that must be there, as its first moment in UTC.
func Day(r *http.Request, name string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, r.URL.Query().Get(name))
	if err != nil {
		return time.Time{}, Invalid("%s must be a day such as 2023-05-17.", name)
	}
	return day, nil
}

// ReadBody reads a request's JSON, which may have no other fields than the value.
func ReadBody(r *http.Request, value any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(value)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fail(http.StatusBadRequest, "The body is not JSON.")
	case err != nil:
		return Invalid("The body does not have the shape that it should have.")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return fail(http.StatusBadRequest, "Something follows the JSON.")
	}
	return nil
}
