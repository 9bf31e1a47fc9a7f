package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const maxBody = 1 << 20

// Fields are the members of a JSON object that the rules of the API are held against. encoding/json
// fills structs more kindly than they allow: it takes keys in any case, null for anything, and leaves
// zeros for what is missing.
//
// The first rule that is broken is kept, and told by Err; until then values may be zero.
type Fields struct {
	values map[string]json.RawMessage
	err    error
}

// ReadBody reads a request's body: one JSON object with these members and no others.
func ReadBody(w http.ResponseWriter, r *http.Request, members ...string) (*Fields, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, Fail(http.StatusRequestEntityTooLarge, "The body may have %d bytes.", tooLarge.Limit)
	} else if err != nil {
		return nil, Fail(http.StatusBadRequest, "The body could not be read.")
	}
	if !utf8.Valid(body) || !json.Valid(body) {
		return nil, Fail(http.StatusBadRequest, "The body is not JSON.")
	}
	return ReadObject(body, members...)
}

// ReadObject reads valid JSON: an object with these members and no others.
func ReadObject(document json.RawMessage, members ...string) (*Fields, error) {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(document, &values); err != nil || values == nil {
		return nil, Invalid("An object is needed, with %s.", strings.Join(members, ", "))
	}
	for name := range values {
		if !slices.Contains(members, name) {
			return nil, Invalid("There is a field too many: %q.", name)
		}
	}
	return &Fields{values: values}, nil
}

// Has tells whether the member is there.
func (f *Fields) Has(name string) bool {
	_, has := f.values[name]
	return has
}

// Text gives a member that has to be a string.
func (f *Fields) Text(name string) string {
	document := f.member(name)
	var text *string
	if json.Unmarshal(document, &text) != nil || text == nil || hasLoneSurrogate(document) {
		f.fail(name, "has to be a text")
		return ""
	}
	return *text
}

// Integer gives a member that has to be a whole number within the bounds, both included.
func (f *Fields) Integer(name string, least, most int64) int64 {
	number, err := strconv.ParseInt(string(f.member(name)), 10, 64)
	if err != nil || number < least || number > most {
		f.fail(name, "has to be an integer from "+strconv.FormatInt(least, 10)+" to "+strconv.FormatInt(most, 10))
		return 0
	}
	return number
}

// List gives a member that has to be a list.
func (f *Fields) List(name string) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(f.member(name), &list) != nil || list == nil {
		f.fail(name, "has to be a list")
	}
	return list
}

// Check notes that a member breaks a rule unless it holds.
func (f *Fields) Check(name string, holds bool, rule string) {
	if !holds {
		f.fail(name, rule)
	}
}

// Err is the first rule that was broken.
func (f *Fields) Err() error { return f.err }

func (f *Fields) member(name string) json.RawMessage {
	value, has := f.values[name]
	if !has {
		f.fail(name, "is missing")
	}
	return value
}

func (f *Fields) fail(name, rule string) {
	if f.err == nil {
		f.err = Invalid("The field %s %s.", name, rule)
	}
}

// hasLoneSurrogate finds half a character such as "\ud800", which encoding/json would replace.
func hasLoneSurrogate(document []byte) bool {
	for {
		start := bytes.IndexByte(document, '\\')
		if start < 0 {
			return false
		}
		document = document[start:]
		switch {
		case document[1] != 'u':
			document = document[2:]
		case !isSurrogate(document, "89ab"):
			if isSurrogate(document, "cdef") {
				return true
			}
			document = document[6:]
		case !isSurrogate(document[6:], "cdef"):
			return true
		default:
			document = document[12:]
		}
	}
}

// isSurrogate tells whether a document begins with an escape \udX.. of such an X.
func isSurrogate(document []byte, halves string) bool {
	return len(document) >= 6 && document[0] == '\\' && document[1] == 'u' &&
		(document[2]|0x20) == 'd' && strings.IndexByte(halves, document[3]|0x20) >= 0
}
