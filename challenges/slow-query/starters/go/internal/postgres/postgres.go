// Package postgres opens the database, migrates it and runs transactions.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/lib/pq"
)

const maxConnections = 10

// Queryer is a pool or a transaction.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open prepares a pool for the database at the URL. It does not connect yet.
func Open(databaseURL string) (*sql.DB, error) {
	location, err := url.Parse(databaseURL)
	if err != nil {
		// The error is left out, since it quotes the URL with its password.
		return nil, errors.New("DATABASE_URL is not a URL")
	}
	// lib/pq insists on TLS unless it is told otherwise.
	if query := location.Query(); !query.Has("sslmode") {
		query.Set("sslmode", "disable")
		location.RawQuery = query.Encode()
	}
	connector, err := pq.NewConnector(location.String())
	if err != nil {
		return nil, fmt.Errorf("read DATABASE_URL: %w", err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	return db, nil
}

// InTx commits what do has done, or rolls it back if it fails.
func InTx(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // It does nothing after a commit.
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit a transaction: %w", err)
	}
	return nil
}

// All reads rows to their end, each by scan.
func All[T any](ctx context.Context, db Queryer, scan func(*sql.Rows, *T) error, query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		var one T
		if err := scan(rows, &one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
