// Package server puts the service together.
package server

import (
	"context"
	"database/sql"
	_ "embed"
	"net/http"
	"path"
	"time"

	"orders/internal/auth"
	"orders/internal/order"
	"orders/internal/product"
	"orders/internal/web"
)

// The description of this service, for clients and for people.
//
//go:embed openapi.json
var description []byte

const readyTimeout = 2 * time.Second

// New makes the service's handler.
func New(db *sql.DB, secret string) http.Handler {
	guard := auth.NewGuard(secret)
	cursors := web.NewCursors(secret)
	products := product.NewEndpoints(product.NewStore(db), cursors)
	orders := order.NewEndpoints(order.NewStore(db), cursors)

	mux := http.NewServeMux()
	mux.Handle("/", web.Handler(web.NotFound))
	for path, methods := range map[string]web.Methods{
		"/health":       {"GET": health},
		"/ready":        {"GET": ready(db)},
		"/openapi.json": {"GET": describe},
		"/products": {
			"POST": guard.Allow(products.Add, auth.Admin),
			"GET":  guard.Allow(products.List, auth.Customer, auth.Admin, auth.Support),
		},
		"/products/{sku}": {
			"GET":   guard.Allow(products.Get, auth.Customer, auth.Admin, auth.Support),
			"PATCH": guard.Allow(products.Change, auth.Admin),
		},
		"/products/{sku}/stock": {"POST": guard.Allow(products.AdjustStock, auth.Admin)},
		"/orders": {
			"POST": guard.Allow(orders.Place, auth.Customer),
			"GET":  guard.Allow(orders.List, auth.Customer, auth.Support),
		},
		"/orders/{id}": {
			"GET":   guard.Allow(orders.Get, auth.Customer, auth.Support),
			"PATCH": guard.Allow(orders.Change, auth.Customer),
		},
		"/orders/{id}/cancel": {"POST": guard.Allow(orders.Cancel, auth.Customer)},
	} {
		web.Handle(mux, path, methods)
	}
	return web.Traced(withoutRedirects(mux))
}

// withoutRedirects answers 404 where the mux would lead to a path that it likes better, as from
// //orders to /orders.
func withoutRedirects(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked := r.URL.EscapedPath(); path.Clean(asked) != asked {
			web.Handler(web.NotFound).ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func health(w http.ResponseWriter, _ *http.Request) error {
	return web.JSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func describe(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(description) // A client that is gone cannot be told anything any more.
	return nil
}

// ready asks the database. It does not wait for the driver, which may take longer to give up.
func ready(db *sql.DB) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		answered := make(chan error, 1)
		go func() { answered <- db.PingContext(ctx) }()
		select {
		case err := <-answered:
			if err == nil {
				return web.JSON(w, http.StatusOK, map[string]string{"status": "ready"})
			}
		case <-ctx.Done():
		}
		return web.Fail(http.StatusServiceUnavailable, "The database is away.")
	}
}
