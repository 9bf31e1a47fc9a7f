// Package web has what all endpoints share.
package web

import (
	"encoding/json"
	"net/http"
)

// Problem is an error as RFC 9457 has it.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// WriteProblem answers with a problem of a status and what the client should know.
func WriteProblem(w http.ResponseWriter, status int, detail string) {
	write(w, status, "application/problem+json", Problem{"about:blank", http.StatusText(status), status, detail})
}

// WriteJSON answers with a value.
func WriteJSON(w http.ResponseWriter, status int, value any) {
	write(w, status, "application/json", value)
}

func write(w http.ResponseWriter, status int, contentType string, value any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	// A client that is gone cannot be told anything any more.
	_ = json.NewEncoder(w).Encode(value)
}
