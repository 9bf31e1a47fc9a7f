// Package catalogue answers what is asked about products and their prices.
package catalogue

import (
	"net/http"

	"catalogue/internal/pricing"
	"catalogue/internal/products"
	"catalogue/internal/web"
)

type service struct {
	products *products.Store
	pricing  *pricing.Client
}

// New makes the service's handler.
func New(products *products.Store, pricing *pricing.Client) http.Handler {
	s := service{products, pricing}
	mux := http.NewServeMux()
	mux.Handle("GET /health", web.Answer(health))
	mux.Handle("GET /products", web.Answer(s.list))
	mux.Handle("GET /products/{sku}", web.Answer(s.find))
	mux.Handle("PUT /products/{sku}", web.Answer(s.put))
	mux.Handle("DELETE /products/{sku}", web.Answer(s.delete))
	mux.Handle("POST /price-changes", web.Answer(s.priceChanged))
	mux.Handle("/", web.Answer(nowhere))
	return mux
}

func health(*http.Request) (int, any, error) {
	return http.StatusOK, map[string]string{"status": "ok"}, nil
}

func nowhere(*http.Request) (int, any, error) {
	return 0, nil, web.NotFound("path")
}
