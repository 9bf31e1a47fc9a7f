package order

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"

	"github.com/lib/pq"

	"orders/internal/web"
)

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

var errNotFound = web.Fail(http.StatusNotFound, "There is no such order.")

// locked reads a customer's order and keeps it from changing until the transaction ends.
func locked(ctx context.Context, tx *sql.Tx, id, owner string) (Order, error) {
	return read(ctx, tx, `where id = $1 and customer_id = $2 for update`, id, owner)
}

// read gives the one order that the rest of the query selects.
func read(ctx context.Context, db querier, rest string, args ...any) (Order, error) {
	orders, err := readAll(ctx, db, rest, args...)
	if err != nil {
		return Order{}, err
	}
	if len(orders) == 0 {
		return Order{}, errNotFound
	}
	return orders[0], nil
}

// readAll gives the orders that the rest of the query selects, with their items: two queries, however
// many there are.
func readAll(ctx context.Context, db querier, rest string, args ...any) ([]Order, error) {
	rows, err := db.QueryContext(ctx, `select `+columns+` from orders `+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("read orders: %w", err)
	}
	defer rows.Close()
	orders := []Order{}
	for rows.Next() {
		order, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read orders: %w", err)
		}
		orders = append(orders, order)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("read orders: %w", err)
	}
	return orders, readItems(ctx, db, orders)
}

// readItems adds the items to orders.
func readItems(ctx context.Context, db querier, orders []Order) error {
	ids := make([]string, len(orders))
	places := make(map[string]int, len(orders))
	for i, order := range orders {
		ids[i], places[order.ID] = order.ID, i
	}
	rows, err := db.QueryContext(ctx, `
		select order_id, sku, quantity, unit_price_cents from order_items
		where order_id = any($1::uuid[]) order by order_id, sku collate "C"`, pq.Array(ids))
	if err != nil {
		return fmt.Errorf("read items: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var item Item
		if err := rows.Scan(&id, &item.SKU, &item.Quantity, &item.UnitPriceCents); err != nil {
			return fmt.Errorf("read items: %w", err)
		}
		order := &orders[places[id]]
		order.Items = append(order.Items, item)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read items: %w", err)
	}
	return nil
}

func scan(row interface{ Scan(...any) error }) (order Order, err error) {
	err = row.Scan(&order.ID, &order.CustomerID, &order.Status, &order.SubtotalCents, &order.DiscountCents,
		&order.ShippingCents, &order.TotalCents, &order.CreatedAt, &order.Version)
	order.CreatedAt = order.CreatedAt.UTC()
	return order, err
}
