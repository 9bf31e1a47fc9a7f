package web

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	usualLimit = 20
	maxLimit   = 500
)

// Place is where an order stands in a list; a cursor is that of the last one that was shown.
type Place struct {
	At time.Time
	ID int64
}

// Page is how much of a list is asked for.
type Page struct {
	Limit int
	// Behind is nil on the first page.
	Behind *Place
}

// ReadPage reads limit and cursor.
func ReadPage(r *http.Request) (Page, error) {
	page := Page{Limit: usualLimit}
	query := r.URL.Query()
	if query.Has("limit") {
		var err error
		page.Limit, err = strconv.Atoi(query.Get("limit"))
		if err != nil || page.Limit < 1 || page.Limit > maxLimit {
			return Page{}, Invalid("limit must be a number from 1 to %d.", maxLimit)
		}
	}
	if query.Has("cursor") {
		place, err := readCursor(query.Get("cursor"))
		if err != nil {
			return Page{}, Invalid("cursor must be the next_cursor of the page before.")
		}
		page.Behind = place
	}
	return page, nil
}

// Cut gives the page's rows, of which one more than the limit was asked for, and the next page's cursor.
func Cut[T interface{ Place() Place }](rows []T, page Page) ([]T, *string) {
	if len(rows) <= page.Limit {
		return rows, nil
	}
	rows = rows[:page.Limit]
	next := writeCursor(rows[len(rows)-1].Place())
	return rows, &next
}

func writeCursor(place Place) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %d", place.At.Unix(), place.ID))
}

func readCursor(cursor string) (*Place, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, err
	}
	var seconds, id int64
	if _, err := fmt.Sscanf(string(text), "%d %d", &seconds, &id); err != nil {
		return nil, err
	}
	place := Place{time.Unix(seconds, 0).UTC(), id}
	if writeCursor(place) != cursor || place.At.Year() < 1 || place.At.Year() > 9999 {
		return nil, fmt.Errorf("%q was not made here", cursor)
	}
	return &place, nil
}
