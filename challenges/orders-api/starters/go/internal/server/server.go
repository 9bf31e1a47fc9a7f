// Package server puts the service together; begin here.
package server

import (
	"database/sql"
	"net/http"

	"orders/internal/web"
)

// New makes the service's handler. Tokens are signed with the secret.
func New(db *sql.DB, secret string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", health)

	// From here on it is yours: db and secret are there to be used. Each of these answers 501 until you
	// write it, and so does every other path.
	mux.HandleFunc("GET /ready", notBuiltYet("Readiness"))
	mux.HandleFunc("GET /openapi.json", notBuiltYet("The description"))
	mux.HandleFunc("POST /products", notBuiltYet("Adding a product"))
	mux.HandleFunc("GET /products", notBuiltYet("Listing products"))
	mux.HandleFunc("GET /products/{sku}", notBuiltYet("Showing a product"))
	mux.HandleFunc("PATCH /products/{sku}", notBuiltYet("Changing a product"))
	mux.HandleFunc("POST /products/{sku}/stock", notBuiltYet("Adjusting stock"))
	mux.HandleFunc("POST /orders", notBuiltYet("Placing an order"))
	mux.HandleFunc("GET /orders", notBuiltYet("Listing orders"))
	mux.HandleFunc("GET /orders/{id}", notBuiltYet("Showing an order"))
	mux.HandleFunc("PATCH /orders/{id}", notBuiltYet("Changing an order"))
	mux.HandleFunc("POST /orders/{id}/cancel", notBuiltYet("Cancelling an order"))
	mux.HandleFunc("/", notBuiltYet("This"))
	return mux
}

func health(w http.ResponseWriter, _ *http.Request) {
	web.WriteJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func notBuiltYet(what string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		web.WriteProblem(w, http.StatusNotImplemented, what+" is not built yet.")
	}
}
