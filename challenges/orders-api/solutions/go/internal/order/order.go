// Package order places, changes, cancels and shows orders.
package order

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"orders/internal/product"
	"orders/internal/web"
)

// What becomes of an order.
const (
	Confirmed = "confirmed"
	Cancelled = "cancelled"
)

const (
	maxItems    = 20
	maxQuantity = 100
)

// Order is what a customer has ordered.
type Order struct {
	ID         string `json:"id"`
	CustomerID string `json:"customer_id"`
	Status     string `json:"status"`
	Items      []Item `json:"items"`
	Amounts
	CreatedAt time.Time `json:"created_at"`

	// Version is another one after every change.
	Version int64 `json:"-"`
}

// Item is a product in an order, at the price that it had when it came in.
type Item struct {
	SKU            string `json:"sku"`
	Quantity       int64  `json:"quantity"`
	UnitPriceCents int64  `json:"unit_price_cents"`
}

// line is a product that a customer asks for.
type line struct {
	sku      string
	quantity int64
}

// readLines reads the items of a new or a changed order, and sorts them by sku.
func readLines(fields *web.Fields) ([]line, error) {
	list := fields.List("items")
	fields.Check("items", len(list) >= 1 && len(list) <= maxItems, fmt.Sprintf("has to have 1 to %d entries", maxItems))
	if err := fields.Err(); err != nil {
		return nil, err
	}
	lines := make([]line, 0, len(list))
	for _, document := range list {
		item, err := web.ReadObject(document, "sku", "quantity")
		if err != nil {
			return nil, err
		}
		lines = append(lines, line{product.ReadSKU(item), item.Integer("quantity", 1, maxQuantity)})
		if err := item.Err(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return strings.Compare(a.sku, b.sku) })
	for i := range lines[1:] {
		if lines[i].sku == lines[i+1].sku {
			return nil, web.Invalid("The product %s is there twice.", lines[i].sku)
		}
	}
	return lines, nil
}

// fingerprint is the same for the same lines and no others: no sku has a space or a comma in it.
func fingerprint(lines []line) string {
	var text strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&text, "%s %d,", line.sku, line.quantity)
	}
	return text.String()
}

// fill makes an order's items of the lines. What was in the order before keeps its price. It also
// gives what has to be taken from stock, which is below zero where there is less than before.
func fill(lines []line, before []Item, products map[string]product.Product) ([]Item, map[string]int64, error) {
	taken := make(map[string]int64, len(lines)+len(before))
	prices := make(map[string]int64, len(lines)+len(before))
	for sku, current := range products {
		prices[sku] = current.PriceCents
	}
	for _, item := range before {
		taken[item.SKU] = -item.Quantity
		prices[item.SKU] = item.UnitPriceCents
	}
	items := make([]Item, 0, len(lines))
	for _, line := range lines {
		price, there := prices[line.sku]
		if !there {
			return nil, nil, web.Invalid("There is no product %s.", line.sku)
		}
		items = append(items, Item{line.sku, line.quantity, price})
		taken[line.sku] += line.quantity
		if taken[line.sku] > products[line.sku].Stock {
			return nil, nil, web.Fail(http.StatusConflict, "There is not enough of %s in stock.", line.sku)
		}
	}
	return items, taken, nil
}

// skusOf are those of the lines and the items, each once.
func skusOf(lines []line, items []Item) []string {
	skus := make([]string, 0, len(lines)+len(items))
	for _, line := range lines {
		skus = append(skus, line.sku)
	}
	for _, item := range items {
		skus = append(skus, item.SKU)
	}
	slices.Sort(skus)
	return slices.Compact(skus)
}
