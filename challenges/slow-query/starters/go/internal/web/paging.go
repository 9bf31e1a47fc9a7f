package web

import (
	"net/http"
	"strconv"
)

const (
	usualLimit = 20
	maxLimit   = 500
	maxOffset  = 999_999_999
)

// Page is how many rows of a list are asked for, and how many the pages before have shown: that is what a
// cursor says.
type Page struct{ Limit, Offset int }

// ReadPage reads limit and cursor.
func ReadPage(r *http.Request) (Page, error) {
	page := Page{Limit: usualLimit}
	query := r.URL.Query()
	var err error
	if query.Has("limit") {
		page.Limit, err = strconv.Atoi(query.Get("limit"))
		if err != nil || page.Limit < 1 || page.Limit > maxLimit {
			return Page{}, Invalid("limit must be a number from 1 to %d.", maxLimit)
		}
	}
	if query.Has("cursor") {
		page.Offset, err = strconv.Atoi(query.Get("cursor"))
		if err != nil || page.Offset < 0 || page.Offset > maxOffset {
			return Page{}, Invalid("cursor must be the next_cursor of the page before.")
		}
	}
	return page, nil
}

// Cut gives the page's rows, of which one more than the limit was asked for, and the next page's cursor.
func Cut[T any](rows []T, page Page) ([]T, *string) {
	if len(rows) <= page.Limit {
		return rows, nil
	}
	next := strconv.Itoa(page.Offset + page.Limit)
	return rows[:page.Limit], &next
}
