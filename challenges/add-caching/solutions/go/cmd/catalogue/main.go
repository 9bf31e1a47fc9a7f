// Command catalogue serves the shop's products with their prices.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"catalogue/internal/cache"
	"catalogue/internal/catalogue"
	"catalogue/internal/postgres"
	"catalogue/internal/pricing"
	"catalogue/internal/products"
)

const shutdownTimeout = 8 * time.Second

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	if err := run(); err != nil {
		slog.Error("the service ends", "error", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	db, err := postgres.Open(os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer db.Close()

	kept := cache.New(os.Getenv("REDIS_URL"))
	handler := catalogue.New(
		products.NewCached(products.NewStore(db), kept),
		pricing.NewCached(pricing.NewClient(os.Getenv("PRICING_URL")), kept),
	)
	service := &http.Server{
		Addr:              net.JoinHostPort("", os.Getenv("PORT")),
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- service.ListenAndServe() }()

	select {
	case err := <-failed:
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := service.Shutdown(ending); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("shut down: %w", err)
	}
	return nil
}
