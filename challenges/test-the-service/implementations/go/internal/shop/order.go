package shop

import "time"

const (
	discountFromCents = 10_000
	discountPercent   = 10
)

// Status is what has become of an order.
type Status string

// All that can become of an order.
const (
	Open      Status = "open"
	Paid      Status = "paid"
	Cancelled Status = "cancelled"
)

// Known tells whether an order can have the status.
func (s Status) Known() bool {
	return s == Open || s == Paid || s == Cancelled
}

// Item is a product in an order, at the price of that moment.
type Item struct {
	SKU            string
	Quantity       int64
	UnitPriceCents int64
}

// Order is a number of items for a customer. Its items never change.
type Order struct {
	ID        string
	Customer  string
	Status    Status
	Items     []Item
	CreatedAt time.Time
}

// Subtotal is the sum of the items, in cents.
func (o Order) Subtotal() int64 {
	var sum int64
	for _, item := range o.Items {
		sum += item.Quantity * item.UnitPriceCents
	}
	return sum
}

// Discount is what the order is cheaper by, in cents, rounded half up.
func (o Order) Discount() int64 {
	subtotal := o.Subtotal()
	if subtotal < discountFromCents {
		return 0
	}
	return (subtotal*discountPercent + 50) / 100
}
