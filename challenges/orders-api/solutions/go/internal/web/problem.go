// Package web has what all endpoints share: problems, bodies, parameters, tags, cursors and the log.
package web

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Problem is an error that the client is told about, as RFC 9457 has it.
type Problem struct {
	Status int
	// Detail tells the client what to do. It names nothing of the inside.
	Detail string
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s: %s", p.Status, http.StatusText(p.Status), p.Detail)
}

// Fail makes a problem of a status and what the client should know.
func Fail(status int, format string, args ...any) error {
	return &Problem{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// Invalid is for values that break a rule.
func Invalid(format string, args ...any) error {
	return Fail(http.StatusUnprocessableEntity, format, args...)
}

func (p *Problem) write(w http.ResponseWriter) {
	body := struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{"about:blank", http.StatusText(p.Status), p.Status, p.Detail}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	// A client that is gone cannot be told anything any more.
	_ = json.NewEncoder(w).Encode(body)
}
