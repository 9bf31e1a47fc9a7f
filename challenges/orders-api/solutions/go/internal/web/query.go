package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const defaultLimit = 20

// Query are the parameters of a list. The first rule that is broken is kept, and told by Err.
type Query struct {
	values url.Values
	err    error
}

// ReadQuery reads the parameters of a request.
func ReadQuery(r *http.Request) *Query {
	// net/url refuses a bare semicolon, which once parted parameters; here it is a character.
	values, err := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B"))
	query := &Query{values: values}
	if err != nil {
		query.err = Invalid("The parameters are not encoded as they should be.")
	}
	for name, given := range values {
		for _, value := range given {
			if strings.ContainsRune(value, 0) || !utf8.ValidString(value) {
				query.fail(name, "has to be a text without U+0000")
			}
		}
	}
	return query
}

// Text gives a parameter, and whether it is there.
func (q *Query) Text(name string) (string, bool) {
	return q.values.Get(name), q.values.Has(name)
}

// Integer gives a parameter that has to be a whole number within the bounds, both included.
func (q *Query) Integer(name string, least, most int64) (int64, bool) {
	text, has := q.Text(name)
	if !has {
		return 0, false
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < least || number > most || strings.HasPrefix(text, "+") {
		q.fail(name, "has to be an integer from "+strconv.FormatInt(least, 10)+" to "+strconv.FormatInt(most, 10))
	}
	return number, true
}

// Limit gives how many a page shows at most.
func (q *Query) Limit() int {
	if limit, has := q.Integer("limit", 1, 100); has {
		return int(limit)
	}
	return defaultLimit
}

// OneOf gives a parameter that has to be one of some.
func (q *Query) OneOf(name string, allowed ...string) (string, bool) {
	text, has := q.Text(name)
	if has && !slices.Contains(allowed, text) {
		q.fail(name, "has to be one of: "+strings.Join(allowed, ", "))
	}
	return text, has
}

// Microseconds gives a parameter that has to be a time with its offset, counted from 1970 as exactly as
// the database does: of what lies between two the later, so that comparing with a time there stays true.
func (q *Query) Microseconds(name string) (int64, bool) {
	text, has := q.Text(name)
	if !has {
		return 0, false
	}
	var at time.Time
	// UnmarshalText takes RFC 3339 and nothing else, which time.Parse does not.
	if err := at.UnmarshalText([]byte(strings.ToUpper(text))); err != nil {
		q.fail(name, "has to be a time such as 2026-11-24T09:10:38Z")
	}
	return at.Add(time.Microsecond - time.Nanosecond).UnixMicro(), true
}

// Check notes that a parameter breaks a rule unless it holds.
func (q *Query) Check(name string, holds bool, rule string) {
	if !holds {
		q.fail(name, rule)
	}
}

// Err is the first rule that was broken.
func (q *Query) Err() error { return q.err }

func (q *Query) fail(name, rule string) {
	if q.err == nil {
		q.err = Invalid("The parameter %s %s.", name, rule)
	}
}
