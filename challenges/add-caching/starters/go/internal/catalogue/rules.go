package catalogue

import (
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"catalogue/internal/products"
	"catalogue/internal/web"
)

const (
	customerHeader = "X-Customer"
	maxName        = 200
	maxDescription = 5_000
)

// What skus, categories and customers' ids look like.
var identifier = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// customerOf is the id of the customer who asks, or "" if nobody says who it is.
func customerOf(r *http.Request) (string, error) {
	ids := r.Header.Values(customerHeader)
	if len(ids) == 0 {
		return "", nil
	}
	if !identifier.MatchString(ids[0]) {
		return "", web.Invalid("%s must be 1 to 64 letters, digits, - and _.", customerHeader)
	}
	return ids[0], nil
}

func checkProduct(p products.Product) error {
	switch {
	case !identifier.MatchString(p.SKU):
		return web.Invalid("A sku is 1 to 64 letters, digits, - and _.")
	case !identifier.MatchString(p.Category):
		return web.Invalid("category must be 1 to 64 letters, digits, - and _.")
	case p.Name == "" || utf8.RuneCountInString(p.Name) > maxName:
		return web.Invalid("name must have 1 to %d characters.", maxName)
	case utf8.RuneCountInString(p.Description) > maxDescription:
		return web.Invalid("description may have up to %d characters.", maxDescription)
	case strings.Contains(p.Name+p.Description, "\x00"):
		return web.Invalid("A text may not contain the character NUL.")
	}
	return nil
}
