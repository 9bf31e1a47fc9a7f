// Package api offers a shop over HTTP.
package api

import (
	"net/http"

	"orders/internal/shop"
)

type api struct {
	shop *shop.Shop
}

// New answers requests from a shop.
func New(shop *shop.Shop) http.Handler {
	a := api{shop}
	mux := http.NewServeMux()
	mux.Handle("GET /health", handler(a.health))
	mux.Handle("POST /products", handler(a.addProduct))
	mux.Handle("GET /products/{sku}", handler(a.product))
	mux.Handle("PATCH /products/{sku}", handler(a.changeProduct))
	mux.Handle("POST /orders", handler(a.placeOrder))
	mux.Handle("GET /orders", handler(a.listOrders))
	mux.Handle("GET /orders/{id}", handler(a.order))
	mux.Handle("POST /orders/{id}/pay", handler(a.pay))
	mux.Handle("POST /orders/{id}/cancel", handler(a.cancel))
	mux.Handle("/", handler(a.nothing))
	return mux
}

func (a api) health(*http.Request) (answer, error) {
	return answer{http.StatusOK, map[string]string{"status": "up"}}, nil
}

func (a api) addProduct(r *http.Request) (answer, error) {
	product, err := readProduct(r)
	if err != nil {
		return answer{}, err
	}
	if err := a.shop.Add(product); err != nil {
		return answer{}, err
	}
	return answer{http.StatusCreated, viewProduct(product)}, nil
}

func (a api) product(r *http.Request) (answer, error) {
	product, err := a.shop.Product(r.PathValue("sku"))
	return answer{http.StatusOK, viewProduct(product)}, err
}

func (a api) changeProduct(r *http.Request) (answer, error) {
	change, err := readChange(r)
	if err != nil {
		return answer{}, err
	}
	product, err := a.shop.Change(r.PathValue("sku"), change)
	return answer{http.StatusOK, viewProduct(product)}, err
}

func (a api) placeOrder(r *http.Request) (answer, error) {
	request, err := readOrder(r)
	if err != nil {
		return answer{}, err
	}
	order, isNew, err := a.shop.Place(request, r.Header.Get("Idempotency-Key"))
	if err != nil {
		return answer{}, err
	}
	status := http.StatusOK
	if isNew {
		status = http.StatusCreated
	}
	return answer{status, viewOrder(order)}, nil
}

func (a api) order(r *http.Request) (answer, error) {
	order, err := a.shop.Order(r.PathValue("id"))
	return answer{http.StatusOK, viewOrder(order)}, err
}

func (a api) pay(r *http.Request) (answer, error) {
	order, err := a.shop.Pay(r.PathValue("id"))
	return answer{http.StatusOK, viewOrder(order)}, err
}

func (a api) cancel(r *http.Request) (answer, error) {
	order, err := a.shop.Cancel(r.PathValue("id"))
	return answer{http.StatusOK, viewOrder(order)}, err
}

func (a api) listOrders(r *http.Request) (answer, error) {
	filter, limit, before, err := readListing(r.URL.Query())
	if err != nil {
		return answer{}, err
	}
	orders, next := a.shop.Newest(filter, before, limit)
	return answer{http.StatusOK, viewPage(orders, next)}, nil
}

func (a api) nothing(r *http.Request) (answer, error) {
	return answer{}, problem{http.StatusNotFound, "not_found", r.URL.Path + ": no such path"}
}
