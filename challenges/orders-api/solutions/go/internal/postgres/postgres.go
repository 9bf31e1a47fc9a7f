// Package postgres opens the database, brings its schema up to date and runs transactions.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"
)

const (
	maxConnections = 10
	dialTimeout    = 3 * time.Second
	// An answer has to be given within 10 seconds, also when the database gives none.
	answerTimeout = 7 * time.Second
)

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
	connector.Dialer(impatientDialer{})
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

// InTx commits what do has done, or rolls it back if it fails. All of it has to go through the
// transaction: whoever asked the pool for a second connection could wait for themself.
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

// IsUnavailable tells whether an error is the database's absence, and no mistake of ours.
func IsUnavailable(err error) bool {
	if failure := new(pq.Error); errors.As(err, &failure) {
		switch failure.Code.Class() {
		case "08", "53", "57": // connection exceptions, lack of resources, operator intervention
			return true
		}
		return false
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, context.DeadlineExceeded)
}

// Where collects the conditions of a query, with a ? for each argument.
type Where struct {
	conditions []string
	args       []any
}

// And adds a condition.
func (w *Where) And(condition string, args ...any) {
	for _, arg := range args {
		condition = strings.Replace(condition, "?", w.Arg(arg), 1)
	}
	w.conditions = append(w.conditions, condition)
}

// Arg adds an argument and gives its placeholder.
func (w *Where) Arg(arg any) string {
	w.args = append(w.args, arg)
	return "$" + strconv.Itoa(len(w.args))
}

// Args are the arguments in the order of their placeholders.
func (w *Where) Args() []any { return w.args }

// String is the clause, or nothing if there is no condition.
func (w *Where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " where " + strings.Join(w.conditions, " and ")
}

// impatientDialer makes connections that do not wait for ever. lib/pq looks at a context only
// between what it reads, so a database that is stopped but not gone would hold its caller.
type impatientDialer struct{}

func (impatientDialer) Dial(network, address string) (net.Conn, error) {
	return impatientDialer{}.DialTimeout(network, address, dialTimeout)
}

func (impatientDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	conn, err := net.DialTimeout(network, address, timeout)
	return impatientConn{conn}, err
}

func (impatientDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, network, address)
	return impatientConn{conn}, err
}

type impatientConn struct{ net.Conn }

func (c impatientConn) Read(buffer []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(answerTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(buffer)
}
