package product

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"

	"github.com/lib/pq"

	"orders/internal/postgres"
	"orders/internal/web"
)

const columns = "sku, name, price_cents, stock, version"

// Store has the products in the database.
type Store struct{ db *sql.DB }

// NewStore uses a database that has been migrated.
func NewStore(db *sql.DB) *Store { return &Store{db} }

func (s *Store) add(ctx context.Context, wanted Product) (Product, error) {
	row := s.db.QueryRowContext(ctx, `
		insert into products (sku, name, price_cents, stock) values ($1, $2, $3, $4)
		on conflict (sku) do nothing
		returning `+columns,
		wanted.SKU, wanted.Name, wanted.PriceCents, wanted.Stock)
	added, err := scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Product{}, web.Fail(http.StatusConflict, "There is a product %s already.", wanted.SKU)
	} else if err != nil {
		return Product{}, fmt.Errorf("add the product %s: %w", wanted.SKU, err)
	}
	return added, nil
}

func (s *Store) get(ctx context.Context, sku string) (Product, error) {
	return one(sku, s.db.QueryRowContext(ctx, `select `+columns+` from products where sku = $1`, sku))
}

func (s *Store) change(ctx context.Context, sku string, match web.Match, changed change) (Product, error) {
	var after Product
	err := postgres.InTx(ctx, s.db, func(tx *sql.Tx) error {
		before, err := locked(ctx, tx, sku)
		if err != nil {
			return err
		}
		if err := match.Check(before.Version); err != nil {
			return err
		}
		after, err = one(sku, tx.QueryRowContext(ctx, `
			update products
			set name = coalesce($2, name), price_cents = coalesce($3, price_cents), version = version + 1
			where sku = $1
			returning `+columns, sku, changed.name, changed.priceCents))
		return err
	})
	return after, err
}

func (s *Store) adjust(ctx context.Context, sku string, difference int64) (Product, error) {
	var after Product
	err := postgres.InTx(ctx, s.db, func(tx *sql.Tx) error {
		before, err := locked(ctx, tx, sku)
		if err != nil {
			return err
		}
		if stock := before.Stock + difference; stock < 0 || stock > MaxStock {
			return web.Fail(http.StatusConflict, "The stock would be %d; it has to be 0 to %d.", stock, MaxStock)
		}
		after, err = one(sku, tx.QueryRowContext(ctx, `
			update products set stock = stock + $2, version = version + 1 where sku = $1
			returning `+columns, sku, difference))
		return err
	})
	return after, err
}

// Lock reads those of the products that there are, and keeps them from changing until the transaction
// ends. They are locked in one order, so that no two transactions wait for each other.
func Lock(ctx context.Context, tx *sql.Tx, skus []string) (map[string]Product, error) {
	rows, err := tx.QueryContext(ctx, `
		select `+columns+` from products where sku = any($1)
		order by sku collate "C" for no key update`, pq.Array(skus))
	if err != nil {
		return nil, fmt.Errorf("lock products: %w", err)
	}
	defer rows.Close()
	products := make(map[string]Product, len(skus))
	for rows.Next() {
		product, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("lock products: %w", err)
		}
		products[product.SKU] = product
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("lock products: %w", err)
	}
	return products, nil
}

// Take takes quantities from the stock of products that the transaction has locked; what is below
// zero is given back.
func Take(ctx context.Context, tx *sql.Tx, quantities map[string]int64) error {
	var skus []string
	var taken []int64
	for sku, quantity := range quantities {
		if quantity != 0 {
			skus = append(skus, sku)
			taken = append(taken, quantity)
		}
	}
	_, err := tx.ExecContext(ctx, `
		update products set stock = stock - quantity, version = version + 1
		from unnest($1::text[], $2::bigint[]) as taken (taken_sku, quantity)
		where sku = taken_sku`, pq.Array(skus), pq.Array(taken))
	if err != nil {
		return fmt.Errorf("take from stock: %w", err)
	}
	return nil
}

func locked(ctx context.Context, tx *sql.Tx, sku string) (Product, error) {
	return one(sku, tx.QueryRowContext(ctx,
		`select `+columns+` from products where sku = $1 for no key update`, sku))
}

func one(sku string, row *sql.Row) (Product, error) {
	product, err := scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Product{}, errNotFound
	} else if err != nil {
		return Product{}, fmt.Errorf("read the product %s: %w", sku, err)
	}
	return product, nil
}

var errNotFound = web.Fail(http.StatusNotFound, "There is no product of this sku.")

func scan(row interface{ Scan(...any) error }) (product Product, err error) {
	err = row.Scan(&product.SKU, &product.Name, &product.PriceCents, &product.Stock, &product.Version)
	return product, err
}
