package order

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"

	"github.com/lib/pq"

	"orders/internal/postgres"
	"orders/internal/product"
	"orders/internal/web"
)

const columns = "id, customer_id, status, subtotal_cents, discount_cents, shipping_cents, total_cents, created_at, version"

// Store has the orders in the database.
type Store struct{ db *sql.DB }

// NewStore uses a database that has been migrated.
func NewStore(db *sql.DB) *Store { return &Store{db} }

// place makes a customer's order, or finds the one that the key has made before. It tells whether the
// order is new. Without a key it always is.
func (s *Store) place(ctx context.Context, customerID string, key *string, lines []line) (Order, bool, error) {
	var order Order
	isNew := false
	err := postgres.InTx(ctx, s.db, func(tx *sql.Tx) error {
		if key != nil {
			before, err := retried(ctx, tx, customerID, *key, lines)
			if err != nil {
				return err
			}
			if before != nil {
				order = *before
				return nil
			}
		}
		products, err := product.Lock(ctx, tx, skusOf(lines, nil))
		if err != nil {
			return err
		}
		items, taken, err := fill(lines, nil, products)
		if err != nil {
			return err
		}
		if err := product.Take(ctx, tx, taken); err != nil {
			return err
		}
		amounts := amountsOf(items)
		order, err = scan(tx.QueryRowContext(ctx, `
			insert into orders (id, customer_id, status, subtotal_cents, discount_cents, shipping_cents,
				total_cents, idempotency_key, placed_items, created_at)
			values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())
			returning `+columns,
			customerID, Confirmed, amounts.SubtotalCents, amounts.DiscountCents, amounts.ShippingCents,
			amounts.TotalCents, key, fingerprint(lines)))
		if err != nil {
			return fmt.Errorf("add an order: %w", err)
		}
		order.Items = items
		isNew = true
		return addItems(ctx, tx, order.ID, items)
	})
	return order, isNew, err
}

// retried gives the order that the key has made before, if there is one. Until the transaction ends,
// no other gets past this with the same key, so that requests at the same moment make one order.
func retried(ctx context.Context, tx *sql.Tx, customerID, key string, lines []line) (*Order, error) {
	_, err := tx.ExecContext(ctx,
		`select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))`, key, customerID)
	if err != nil {
		return nil, fmt.Errorf("lock an idempotency key: %w", err)
	}
	var id, placed string
	err = tx.QueryRowContext(ctx,
		`select id, placed_items from orders where customer_id = $1 and idempotency_key = $2`,
		customerID, key).Scan(&id, &placed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("look an idempotency key up: %w", err)
	}
	if placed != fingerprint(lines) {
		return nil, web.Invalid("This Idempotency-Key was used with other items. Take a new one.")
	}
	order, err := read(ctx, tx, `where id = $1`, id)
	return &order, err
}

// get gives an order; with an owner, only if it is theirs.
func (s *Store) get(ctx context.Context, id string, owner *string) (Order, error) {
	if owner == nil {
		return read(ctx, s.db, `where id = $1`, id)
	}
	return read(ctx, s.db, `where id = $1 and customer_id = $2`, id, *owner)
}

func (s *Store) change(ctx context.Context, id, owner string, match web.Match, lines []line) (Order, error) {
	var order Order
	err := postgres.InTx(ctx, s.db, func(tx *sql.Tx) error {
		before, err := locked(ctx, tx, id, owner)
		if err != nil {
			return err
		}
		if err := match.Check(before.Version); err != nil {
			return err
		}
		if before.Status == Cancelled {
			return web.Fail(http.StatusConflict, "The order is cancelled and cannot be changed.")
		}
		products, err := product.Lock(ctx, tx, skusOf(lines, before.Items))
		if err != nil {
			return err
		}
		items, taken, err := fill(lines, before.Items, products)
		if err != nil {
			return err
		}
		if err := product.Take(ctx, tx, taken); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `delete from order_items where order_id = $1`, id); err != nil {
			return fmt.Errorf("remove the items of order %s: %w", id, err)
		}
		if err := addItems(ctx, tx, id, items); err != nil {
			return err
		}
		amounts := amountsOf(items)
		order, err = scan(tx.QueryRowContext(ctx, `
			update orders set subtotal_cents = $2, discount_cents = $3, shipping_cents = $4,
				total_cents = $5, version = version + 1
			where id = $1
			returning `+columns,
			id, amounts.SubtotalCents, amounts.DiscountCents, amounts.ShippingCents, amounts.TotalCents))
		if err != nil {
			return fmt.Errorf("change the order %s: %w", id, err)
		}
		order.Items = items
		return nil
	})
	return order, err
}

func (s *Store) cancel(ctx context.Context, id, owner string) (Order, error) {
	var order Order
	err := postgres.InTx(ctx, s.db, func(tx *sql.Tx) error {
		before, err := locked(ctx, tx, id, owner)
		if err != nil {
			return err
		}
		if before.Status == Cancelled {
			return web.Fail(http.StatusConflict, "The order is cancelled already.")
		}
		if _, err := product.Lock(ctx, tx, skusOf(nil, before.Items)); err != nil {
			return err
		}
		given := make(map[string]int64, len(before.Items))
		for _, item := range before.Items {
			given[item.SKU] = -item.Quantity
		}
		if err := product.Take(ctx, tx, given); err != nil {
			return err
		}
		order, err = scan(tx.QueryRowContext(ctx, `
			update orders set status = $2, version = version + 1 where id = $1
			returning `+columns, id, Cancelled))
		if err != nil {
			return fmt.Errorf("cancel the order %s: %w", id, err)
		}
		order.Items = before.Items
		return nil
	})
	return order, err
}

func addItems(ctx context.Context, tx *sql.Tx, id string, items []Item) error {
	skus := make([]string, len(items))
	quantities := make([]int64, len(items))
	prices := make([]int64, len(items))
	for i, item := range items {
		skus[i], quantities[i], prices[i] = item.SKU, item.Quantity, item.UnitPriceCents
	}
	_, err := tx.ExecContext(ctx, `
		insert into order_items (order_id, sku, quantity, unit_price_cents)
		select $1, * from unnest($2::text[], $3::bigint[], $4::bigint[])`,
		id, pq.Array(skus), pq.Array(quantities), pq.Array(prices))
	if err != nil {
		return fmt.Errorf("add the items of order %s: %w", id, err)
	}
	return nil
}
