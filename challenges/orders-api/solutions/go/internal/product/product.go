// Package product keeps the products and their stock.
package product

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"orders/internal/web"
)

// The bounds of what admins may set. What orders give back may lead above MaxStock.
const (
	MaxPriceCents = 100_000_000
	MaxStock      = 1_000_000
	maxName       = 200
	skuRule       = "has to be 1 to 64 letters, digits, dots, hyphens or underscores"
	nameRule      = "has to have 1 to 200 characters, none of them U+0000"
)

// Product is what is sold.
type Product struct {
	SKU        string `json:"sku"`
	Name       string `json:"name"`
	PriceCents int64  `json:"price_cents"`
	Stock      int64  `json:"stock"`

	// Version is another one after every change.
	Version int64 `json:"-"`
}

var skuPattern = regexp.MustCompile(`\A[A-Za-z0-9._-]{1,64}\z`)

// IsSKU tells whether a text can be a sku.
func IsSKU(text string) bool { return skuPattern.MatchString(text) }

// ReadSKU reads the field of that name.
func ReadSKU(fields *web.Fields) string {
	sku := fields.Text("sku")
	fields.Check("sku", IsSKU(sku), skuRule)
	return sku
}

func readName(fields *web.Fields) string {
	name := fields.Text("name")
	length := utf8.RuneCountInString(name)
	fields.Check("name", length >= 1 && length <= maxName && !strings.ContainsRune(name, 0), nameRule)
	return name
}

func readPrice(fields *web.Fields) int64 {
	return fields.Integer("price_cents", 0, MaxPriceCents)
}

// change is what PATCH changes; nil stays as it is.
type change struct {
	name       *string
	priceCents *int64
}

func readChange(fields *web.Fields) (change, error) {
	var changed change
	if fields.Has("name") {
		name := readName(fields)
		changed.name = &name
	}
	if fields.Has("price_cents") {
		price := readPrice(fields)
		changed.priceCents = &price
	}
	if changed == (change{}) {
		return changed, web.Invalid("There is nothing to change: give name, price_cents or both.")
	}
	return changed, fields.Err()
}

// page is a part of the list.
type page struct {
	Products   []Product `json:"products"`
	NextCursor *string   `json:"next_cursor"`
}
