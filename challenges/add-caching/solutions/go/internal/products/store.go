// Package products keeps the products of the catalogue, without their prices.
package products

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Product is a row of the catalogue.
type Product struct {
	SKU         string `json:"sku"`
	Name        string `json:"name"`
	Category    string `json:"category"`
	Description string `json:"description"`
}

// Store has the products in PostgreSQL.
type Store struct{ db *sql.DB }

// NewStore makes a store of the database's products.
func NewStore(db *sql.DB) *Store { return &Store{db} }

// Find gives the product with this sku, or nil if there is none.
func (s *Store) Find(ctx context.Context, sku string) (*Product, error) {
	p := Product{SKU: sku}
	err := s.db.QueryRowContext(ctx, `select name, category, description from products where sku = $1`, sku).
		Scan(&p.Name, &p.Category, &p.Description)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("find the product %s: %w", sku, err)
	}
	return &p, nil
}

// OfCategory gives all products of a category, by sku.
func (s *Store) OfCategory(ctx context.Context, category string) ([]Product, error) {
	rows, err := s.db.QueryContext(ctx,
		`select sku, name, description from products where category = $1 order by sku`, category)
	if err != nil {
		return nil, fmt.Errorf("list the category %s: %w", category, err)
	}
	defer rows.Close()
	var all []Product
	for rows.Next() {
		p := Product{Category: category}
		if err := rows.Scan(&p.SKU, &p.Name, &p.Description); err != nil {
			return nil, fmt.Errorf("read a product of the category %s: %w", category, err)
		}
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list the category %s: %w", category, err)
	}
	return all, nil
}

// Put makes a product or replaces it, and tells which of both and the category that it was in before.
func (s *Store) Put(ctx context.Context, p Product) (made bool, before string, err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return false, "", fmt.Errorf("put the product %s: %w", p.SKU, err)
	}
	defer func() { _ = tx.Rollback() }() // It does nothing after a commit.
	// A row that was there before is locked and stays as it is, so that its category is the one that is replaced below.
	// Only such a row has an xmax.
	err = tx.QueryRowContext(ctx,
		`insert into products (sku, name, category, description) values ($1, $2, $3, $4)
		on conflict (sku) do update set category = products.category
		returning xmax = 0, category`,
		p.SKU, p.Name, p.Category, p.Description).Scan(&made, &before)
	if err != nil {
		return false, "", fmt.Errorf("put the product %s: %w", p.SKU, err)
	}
	if !made {
		_, err := tx.ExecContext(ctx, `update products set name = $2, category = $3, description = $4 where sku = $1`,
			p.SKU, p.Name, p.Category, p.Description)
		if err != nil {
			return false, "", fmt.Errorf("replace the product %s: %w", p.SKU, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return false, "", fmt.Errorf("put the product %s: %w", p.SKU, err)
	}
	return made, before, nil
}

// Delete removes a product, and tells whether there was one and the category that it was in.
func (s *Store) Delete(ctx context.Context, sku string) (found bool, before string, err error) {
	err = s.db.QueryRowContext(ctx, `delete from products where sku = $1 returning category`, sku).Scan(&before)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, "", nil
	case err != nil:
		return false, "", fmt.Errorf("delete the product %s: %w", sku, err)
	}
	return true, before, nil
}
