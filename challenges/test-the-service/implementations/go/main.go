// Command orders serves products with stock, and the orders that take from it, all in memory.
package main

import (
	"errors"
	"log"
	"net/http"
	"os"
	"time"

	"orders/internal/api"
	"orders/internal/shop"
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	server := &http.Server{
		Addr:              ":" + port,
		Handler:           api.New(shop.New()),
		ReadHeaderTimeout: 10 * time.Second,
	}
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}
