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

// Put makes a product or replaces it, and tells which of both.
func (s *Store) Put(ctx context.Context, p Product) (made bool, err error) {
	// Only a row that was there before has been locked, which is what xmax tells.
	err = s.db.QueryRowContext(ctx,
		`insert into products (sku, name, category, description) values ($1, $2, $3, $4)
		on conflict (sku) do update
		set name = excluded.name, category = excluded.category, description = excluded.description
		returning xmax = 0`,
		p.SKU, p.Name, p.Category, p.Description).Scan(&made)
	if err != nil {
		return false, fmt.Errorf("put the product %s: %w", p.SKU, err)
	}
	return made, nil
}

// Delete removes a product, and tells whether there was one.
func (s *Store) Delete(ctx context.Context, sku string) (found bool, err error) {
	result, err := s.db.ExecContext(ctx, `delete from products where sku = $1`, sku)
	if err != nil {
		return false, fmt.Errorf("delete the product %s: %w", sku, err)
	}
	deleted, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("delete the product %s: %w", sku, err)
	}
	return deleted > 0, nil
}
