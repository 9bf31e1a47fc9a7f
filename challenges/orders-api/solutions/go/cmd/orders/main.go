// Command orders serves the Orders API.
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

	"orders/internal/postgres"
	"orders/internal/server"
)

const (
	startTimeout    = 25 * time.Second
	shutdownTimeout = 8 * time.Second
)

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

	settings := make(map[string]string)
	for _, name := range []string{"PORT", "DATABASE_URL", "AUTH_SECRET"} {
		value := os.Getenv(name)
		if value == "" {
			return fmt.Errorf("the environment variable %s is not set", name)
		}
		settings[name] = value
	}

	db, err := postgres.Open(settings["DATABASE_URL"])
	if err != nil {
		return err
	}
	defer db.Close()
	starting, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := postgres.Migrate(starting, db); err != nil {
		return err
	}

	service := &http.Server{
		Addr:              net.JoinHostPort("", settings["PORT"]),
		Handler:           server.New(db, settings["AUTH_SECRET"]),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- service.ListenAndServe() }()
	slog.Info("listening", "port", settings["PORT"])

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
