// Package shop answers what is asked about customers, their orders and what was sold.
package shop

import (
	"database/sql"
	"net/http"

	"history/internal/web"
)

type service struct{ db *sql.DB }

// New makes the service's handler.
func New(db *sql.DB) http.Handler {
	s := service{db}
	mux := http.NewServeMux()
	mux.Handle("GET /health", web.Answer(http.StatusOK, health))
	mux.Handle("GET /customers", web.Answer(http.StatusOK, s.findCustomers))
	mux.Handle("GET /customers/{id}/orders", web.Answer(http.StatusOK, s.history))
	mux.Handle("GET /orders", web.Answer(http.StatusOK, s.listOrders))
	mux.Handle("POST /orders", web.Answer(http.StatusCreated, s.placeOrder))
	mux.Handle("GET /orders/{id}", web.Answer(http.StatusOK, s.getOrder))
	mux.Handle("PUT /orders/{id}/status", web.Answer(http.StatusOK, s.changeStatus))
	mux.Handle("GET /reports/orders", web.Answer(http.StatusOK, s.countOrders))
	mux.Handle("GET /reports/days", web.Answer(http.StatusOK, s.salesByDay))
	mux.Handle("GET /reports/products", web.Answer(http.StatusOK, s.salesByProduct))
	mux.Handle("/", web.Answer(http.StatusOK, func(*http.Request) (any, error) { return nil, web.NotFound("path") }))
	return mux
}

func health(*http.Request) (any, error) {
	return map[string]string{"status": "ok"}, nil
}
