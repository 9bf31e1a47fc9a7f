package api

import (
	"time"

	"orders/internal/shop"
)

type productView struct {
	Name       string `json:"name"`
	PriceCents int64  `json:"price_cents"`
	SKU        string `json:"sku"`
	Stock      int64  `json:"stock"`
	InStock    bool   `json:"in_stock"`
}

func viewProduct(product shop.Product) productView {
	return productView{
		Name:       product.Name,
		PriceCents: product.PriceCents,
		SKU:        product.SKU,
		Stock:      product.Stock,
		InStock:    product.Stock > 0,
	}
}

type itemView struct {
	Quantity       int64  `json:"quantity"`
	SKU            string `json:"sku"`
	UnitPriceCents int64  `json:"unit_price_cents"`
}

type orderView struct {
	CreatedAt     string      `json:"created_at"`
	Customer      string      `json:"customer"`
	DiscountCents int64       `json:"discount_cents"`
	ID            string      `json:"id"`
	Items         []itemView  `json:"items"`
	Status        shop.Status `json:"status"`
	SubtotalCents int64       `json:"subtotal_cents"`
	TotalCents    int64       `json:"total_cents"`
}

func viewOrder(order shop.Order) orderView {
	items := make([]itemView, 0, len(order.Items))
	for _, item := range order.Items {
		items = append(items, itemView{item.Quantity, item.SKU, item.UnitPriceCents})
	}
	return orderView{
		CreatedAt:     order.CreatedAt.UTC().Format(time.RFC3339),
		Customer:      order.Customer,
		DiscountCents: order.Discount(),
		ID:            order.ID,
		Items:         items,
		Status:        order.Status,
		SubtotalCents: order.Subtotal(),
		TotalCents:    order.Subtotal() - order.Discount(),
	}
}

type pageView struct {
	Orders     []orderView `json:"orders"`
	NextCursor *string     `json:"next_cursor"`
}

func viewPage(orders []shop.Order, next int) pageView {
	page := pageView{Orders: make([]orderView, 0, len(orders))}
	for _, order := range orders {
		page.Orders = append(page.Orders, viewOrder(order))
	}
	if next > 0 {
		after := cursor(next)
		page.NextCursor = &after
	}
	return page
}
