package catalogue

import (
	"net/http"

	"catalogue/internal/products"
	"catalogue/internal/web"
)

func (s service) put(r *http.Request) (int, any, error) {
	customer, err := customerOf(r)
	if err != nil {
		return 0, nil, err
	}
	fields, err := web.ReadTexts(r, "name", "category", "description")
	if err != nil {
		return 0, nil, err
	}
	product := products.Product{
		SKU:         r.PathValue("sku"),
		Name:        fields["name"],
		Category:    fields["category"],
		Description: fields["description"],
	}
	if err := checkProduct(product); err != nil {
		return 0, nil, err
	}
	// The price comes first, so that a request that fails for want of it has changed nothing.
	prices, err := s.prices(r.Context(), customer, product.SKU)
	if err != nil {
		return 0, nil, err
	}
	made, err := s.products.Put(r.Context(), product)
	if err != nil {
		return 0, nil, err
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
	}
	return status, pricedProduct{product, prices[0]}, nil
}

func (s service) delete(r *http.Request) (int, any, error) {
	sku := r.PathValue("sku")
	if !identifier.MatchString(sku) {
		return 0, nil, web.NotFound("product")
	}
	found, err := s.products.Delete(r.Context(), sku)
	if err != nil {
		return 0, nil, err
	}
	if !found {
		return 0, nil, web.NotFound("product")
	}
	return http.StatusNoContent, nil, nil
}

func (s service) priceChanged(r *http.Request) (int, any, error) {
	fields, err := web.ReadTexts(r, "sku")
	if err != nil {
		return 0, nil, err
	}
	if !identifier.MatchString(fields["sku"]) {
		return 0, nil, web.Invalid("sku must be 1 to 64 letters, digits, - and _.")
	}
	s.pricing.Changed(fields["sku"])
	return http.StatusNoContent, nil, nil
}
