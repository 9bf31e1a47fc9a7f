package order

const (
	discountFromCents     = 100_000
	discountPercent       = 5
	freeShippingFromCents = 5_000
	shippingCents         = 490
)

// Amounts is what an order costs.
type Amounts struct {
	SubtotalCents int64 `json:"subtotal_cents"`
	DiscountCents int64 `json:"discount_cents"`
	ShippingCents int64 `json:"shipping_cents"`
	TotalCents    int64 `json:"total_cents"`
}

func amountsOf(items []Item) Amounts {
	var subtotal, discount, shipping int64
	for _, item := range items {
		subtotal += item.Quantity * item.UnitPriceCents
	}
	if subtotal >= discountFromCents {
		discount = (subtotal*discountPercent + 50) / 100
	}
	if subtotal-discount < freeShippingFromCents {
		shipping = shippingCents
	}
	return Amounts{subtotal, discount, shipping, subtotal - discount + shipping}
}
