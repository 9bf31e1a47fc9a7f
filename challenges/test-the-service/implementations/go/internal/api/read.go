package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"orders/internal/shop"
)

const (
	maxBody      = 1 << 20
	maxPrice     = 1_000_000
	maxStock     = 100_000
	maxItems     = 20
	maxQuantity  = 100
	maxText      = 100
	maxLimit     = 50
	defaultLimit = 20
)

var skuRule = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

func invalid(format string, values ...any) error {
	return problem{http.StatusUnprocessableEntity, "invalid", fmt.Sprintf(format, values...)}
}

// fields are those of a JSON object. The first one that breaks its rule is kept as the error.
type fields struct {
	values map[string]json.RawMessage
	err    error
}

func readBody(r *http.Request) (*fields, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, invalid("the body cannot be read")
	}
	return readObject(body)
}

func readObject(text json.RawMessage) (*fields, error) {
	f := &fields{}
	if err := json.Unmarshal(text, &f.values); err != nil || f.values == nil {
		return nil, invalid("not a JSON object")
	}
	return f, nil
}

func (f *fields) has(name string) bool {
	_, has := f.values[name]
	return has
}

func (f *fields) fail(format string, values ...any) {
	if f.err == nil {
		f.err = invalid(format, values...)
	}
}

func (f *fields) text(name string) string {
	var value *string
	if json.Unmarshal(f.values[name], &value) != nil || value == nil {
		f.fail("%s: not a text", name)
		return ""
	}
	return *value
}

func (f *fields) name(name string) string {
	value := f.text(name)
	if length := utf8.RuneCountInString(value); length < 1 || length > maxText {
		f.fail("%s: not 1 to %d characters", name, maxText)
	}
	return value
}

func (f *fields) sku() string {
	value := f.text("sku")
	if !skuRule.MatchString(value) {
		f.fail("sku: not 1 to 40 letters, digits, hyphens, underscores")
	}
	return value
}

func (f *fields) whole(name string, least, most int64) int64 {
	var value *int64
	if json.Unmarshal(f.values[name], &value) != nil || value == nil {
		f.fail("%s: not a whole number", name)
		return least
	}
	if *value < least || *value > most {
		f.fail("%s: not from %d to %d", name, least, most)
	}
	return *value
}

func readProduct(r *http.Request) (shop.Product, error) {
	body, err := readBody(r)
	if err != nil {
		return shop.Product{}, err
	}
	product := shop.Product{
		SKU:        body.sku(),
		Name:       body.name("name"),
		PriceCents: body.whole("price_cents", 0, maxPrice),
		Stock:      body.whole("stock", 0, maxStock),
	}
	return product, body.err
}

func readChange(r *http.Request) (shop.Change, error) {
	body, err := readBody(r)
	if err != nil {
		return shop.Change{}, err
	}
	var change shop.Change
	if body.has("price_cents") {
		price := body.whole("price_cents", 0, maxPrice)
		change.PriceCents = &price
	}
	if body.has("stock") {
		stock := body.whole("stock", 0, maxStock)
		change.Stock = &stock
	}
	if change == (shop.Change{}) {
		body.fail("neither price_cents nor stock is there")
	}
	return change, body.err
}

func readOrder(r *http.Request) (shop.Request, error) {
	body, err := readBody(r)
	if err != nil {
		return shop.Request{}, err
	}
	request := shop.Request{Customer: body.name("customer")}
	var items []json.RawMessage
	if json.Unmarshal(body.values["items"], &items) != nil || len(items) < 1 || len(items) > maxItems {
		body.fail("items: not a list of 1 to %d", maxItems)
	}
	seen := make(map[string]bool)
	for _, text := range items {
		item, err := readObject(text)
		if err != nil {
			return shop.Request{}, err
		}
		wanted := shop.Wanted{SKU: item.sku(), Quantity: item.whole("quantity", 1, maxQuantity)}
		if item.err != nil {
			return shop.Request{}, item.err
		}
		if seen[wanted.SKU] {
			body.fail("items: %s is there twice", wanted.SKU)
		}
		seen[wanted.SKU] = true
		request.Items = append(request.Items, wanted)
	}
	return request, body.err
}

func readListing(query url.Values) (filter shop.Filter, limit, before int, err error) {
	filter = shop.Filter{Customer: query.Get("customer"), Status: shop.Status(query.Get("status"))}
	if query.Has("status") && !filter.Status.Known() {
		return filter, 0, 0, invalid("status: not one that an order can have")
	}
	limit = defaultLimit
	if query.Has("limit") {
		limit, err = strconv.Atoi(query.Get("limit"))
		if err != nil || limit < 1 || limit > maxLimit {
			return filter, 0, 0, invalid("limit: not a whole number from 1 to %d", maxLimit)
		}
	}
	before, err = readCursor(query)
	return filter, limit, before, err
}

// cursorMark begins a cursor. What follows is the number of the last order shown; new ones have
// higher numbers.
const cursorMark = "page-before-"

func cursor(before int) string {
	return cursorMark + strconv.Itoa(before)
}

// readCursor is the number that a page comes before.
func readCursor(query url.Values) (int, error) {
	if !query.Has("cursor") {
		return int(^uint(0) >> 1), nil
	}
	number, isOurs := strings.CutPrefix(query.Get("cursor"), cursorMark)
	before, err := strconv.Atoi(number)
	if !isOurs || err != nil || before < 1 {
		return 0, invalid("cursor: not one of this service")
	}
	return before, nil
}
