package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
)

// ReadTexts reads a request's JSON object, whose fields must be these, and all of them texts.
func ReadTexts(r *http.Request, names ...string) (map[string]string, error) {
	decoder := json.NewDecoder(r.Body)
	var fields map[string]*string
	err := decoder.Decode(&fields)
	var shape *json.UnmarshalTypeError
	switch {
	case errors.As(err, &shape):
		return nil, Invalid("The body must be an object of texts.")
	case err != nil:
		return nil, fail(http.StatusBadRequest, "The body is not JSON.")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fail(http.StatusBadRequest, "Something follows the JSON.")
	}
	for name := range fields {
		if !slices.Contains(names, name) {
			return nil, Invalid("There is no field %q.", name)
		}
	}
	texts := make(map[string]string, len(names))
	for _, name := range names {
		if fields[name] == nil {
			return nil, Invalid("%s is missing.", name)
		}
		texts[name] = *fields[name]
	}
	return texts, nil
}
