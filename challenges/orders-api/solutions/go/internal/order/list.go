package order

import (
	"context"
	"strings"
	"time"

	"orders/internal/auth"
	"orders/internal/postgres"
	"orders/internal/web"
)

// filter is which orders are listed, in which order. A cursor belongs to one of them.
type filter struct {
	Sort       string
	CustomerID *string
	Status     *string
	// In microseconds since 1970: JSON, of which a cursor is made, knows no year 10000, and a time with
	// its offset may lie there.
	From, To *int64
}

func readFilter(query *web.Query, who auth.Identity) filter {
	wanted := filter{Sort: "-created_at"}
	if sort, has := query.OneOf("sort", "-created_at", "created_at"); has {
		wanted.Sort = sort
	}
	if who.Role == auth.Customer {
		wanted.CustomerID = &who.ID
	} else if customerID, has := query.Text("customer_id"); has {
		wanted.CustomerID = &customerID
	}
	if status, has := query.OneOf("status", Confirmed, Cancelled); has {
		wanted.Status = &status
	}
	if at, has := query.Microseconds("created_from"); has {
		wanted.From = &at
	}
	if at, has := query.Microseconds("created_to"); has {
		wanted.To = &at
	}
	return wanted
}

// position is the last order of a page.
type position struct {
	CreatedAt time.Time
	ID        string
}

// list gives up to limit orders after a position.
func (s *Store) list(ctx context.Context, wanted filter, after *position, limit int) ([]Order, error) {
	var where postgres.Where
	if wanted.CustomerID != nil {
		where.And("customer_id = ?", *wanted.CustomerID)
	}
	if wanted.Status != nil {
		where.And("status = ?", *wanted.Status)
	}
	if wanted.From != nil {
		where.And("created_at >= ?", time.UnixMicro(*wanted.From).UTC())
	}
	if wanted.To != nil {
		where.And("created_at < ?", time.UnixMicro(*wanted.To).UTC())
	}
	direction, beyond := "asc", ">"
	if strings.HasPrefix(wanted.Sort, "-") {
		direction, beyond = "desc", "<"
	}
	if after != nil {
		where.And("(created_at, id) "+beyond+" (?, ?)", after.CreatedAt, after.ID)
	}
	rest := where.String() + " order by created_at " + direction + ", id " + direction + " limit " + where.Arg(limit)
	return readAll(ctx, s.db, rest, where.Args()...)
}
