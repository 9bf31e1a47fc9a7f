package web

import (
	"fmt"
	"net/http"
)

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

// Unavailable is for what cannot be answered now.
func Unavailable(format string, args ...any) error {
	return fail(http.StatusServiceUnavailable, format, args...)
}
