// Package postgres opens the database.
package postgres

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/lib/pq"
)

const maxConnections = 10

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
