package catalogue

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"catalogue/internal/pricing"
	"catalogue/internal/products"
	"catalogue/internal/web"
)

type pricedProduct struct {
	products.Product
	PriceCents *int64 `json:"price_cents"`
}

func (s service) find(r *http.Request) (int, any, error) {
	sku := r.PathValue("sku")
	if !identifier.MatchString(sku) {
		return 0, nil, web.NotFound("product")
	}
	customer, err := customerOf(r)
	if err != nil {
		return 0, nil, err
	}
	product, err := s.products.Find(r.Context(), sku)
	if err != nil {
		return 0, nil, err
	}
	if product == nil {
		return 0, nil, web.NotFound("product")
	}
	prices, err := s.prices(r.Context(), customer, sku)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, pricedProduct{*product, prices[0]}, nil
}

func (s service) list(r *http.Request) (int, any, error) {
	category := r.URL.Query().Get("category")
	if !identifier.MatchString(category) {
		return 0, nil, web.Invalid("category must be 1 to 64 letters, digits, - and _.")
	}
	customer, err := customerOf(r)
	if err != nil {
		return 0, nil, err
	}
	found, err := s.products.OfCategory(r.Context(), category)
	if err != nil {
		return 0, nil, err
	}
	skus := make([]string, len(found))
	for i, product := range found {
		skus[i] = product.SKU
	}
	prices, err := s.prices(r.Context(), customer, skus...)
	if err != nil {
		return 0, nil, err
	}
	priced := make([]pricedProduct, len(found))
	for i, product := range found {
		priced[i] = pricedProduct{product, prices[i]}
	}
	return http.StatusOK, map[string]any{"products": priced}, nil
}

func (s service) prices(ctx context.Context, customer string, skus ...string) ([]*int64, error) {
	prices, err := s.pricing.Prices(ctx, customer, skus)
	if errors.Is(err, pricing.ErrUnavailable) {
		slog.Warn("prices are missing", "error", err)
		return nil, web.Unavailable("The prices cannot be had at the moment.")
	}
	return prices, err
}
