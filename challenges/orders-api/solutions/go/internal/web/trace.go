package web

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

const (
	requestIDHeader = "X-Request-Id"
	maxRequestID    = 128
)

// Traced gives every answer a request id, and writes one line to the log for each.
func Traced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		id := r.Header.Get(requestIDHeader)
		if !IsVisible(id, maxRequestID) {
			id = rand.Text()
		}
		w.Header().Set(requestIDHeader, id)
		seen := &statusWriter{ResponseWriter: w}
		defer func() {
			slog.InfoContext(r.Context(), "request",
				"request_id", id,
				"method", r.Method,
				"path", r.URL.EscapedPath(),
				"status", seen.status,
				"duration_ms", float64(time.Since(started).Microseconds())/1000)
		}()
		defer func() {
			if reason := recover(); reason != nil {
				slog.ErrorContext(r.Context(), "a request panicked",
					"path", r.URL.Path, "reason", reason, "stack", string(debug.Stack()))
				if seen.status == 0 {
					(&Problem{http.StatusInternalServerError, "Something went wrong here."}).write(seen)
				}
			}
		}()
		next.ServeHTTP(seen, r)
	})
}

// IsVisible tells whether a header's value is 1 to max visible ASCII characters.
func IsVisible(value string, max int) bool {
	if value == "" || len(value) > max {
		return false
	}
	for _, char := range []byte(value) {
		if char < '!' || char > '~' {
			return false
		}
	}
	return true
}

// statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(body []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(body)
}
