package product

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"orders/internal/postgres"
	"orders/internal/web"
)

// filter is which products are listed, in which order. A cursor belongs to one of them.
type filter struct {
	Sort    string
	Search  *string
	Least   *int64
	Most    *int64
	InStock *bool
}

func readFilter(query *web.Query) filter {
	wanted := filter{Sort: "sku"}
	if sort, has := query.OneOf("sort", "sku", "-sku", "price_cents", "-price_cents"); has {
		wanted.Sort = sort
	}
	if search, has := query.Text("q"); has {
		length := utf8.RuneCountInString(search)
		query.Check("q", length >= 1 && length <= maxName, "has to have 1 to 200 characters")
		wanted.Search = &search
	}
	if price, has := query.Integer("min_price_cents", 0, MaxPriceCents); has {
		wanted.Least = &price
	}
	if price, has := query.Integer("max_price_cents", 0, MaxPriceCents); has {
		wanted.Most = &price
	}
	if text, has := query.OneOf("in_stock", "true", "false"); has {
		inStock := text == "true"
		wanted.InStock = &inStock
	}
	return wanted
}

// position is the last product of a page.
type position struct {
	SKU        string
	PriceCents int64
}

// list gives up to limit products after a position.
func (s *Store) list(ctx context.Context, wanted filter, after *position, limit int) ([]Product, error) {
	var where postgres.Where
	if wanted.Search != nil {
		// In the collation "C" only ASCII letters have an upper and a lower case.
		where.And(`strpos(lower(name collate "C"), lower(?::text collate "C")) > 0`, *wanted.Search)
	}
	if wanted.Least != nil {
		where.And("price_cents >= ?", *wanted.Least)
	}
	if wanted.Most != nil {
		where.And("price_cents <= ?", *wanted.Most)
	}
	if wanted.InStock != nil {
		where.And("(stock > 0) = ?", *wanted.InStock)
	}

	key, descending := strings.CutPrefix(wanted.Sort, "-")
	direction, beyond := "asc", ">"
	if descending {
		direction, beyond = "desc", "<"
	}
	order := `sku collate "C" ` + direction
	if key == "price_cents" {
		order = "price_cents " + direction + ", " + order
	}
	switch {
	case after == nil:
	case key == "price_cents":
		where.And(`(price_cents, sku collate "C") `+beyond+` (?, ?)`, after.PriceCents, after.SKU)
	default:
		where.And(`sku collate "C" `+beyond+` ?`, after.SKU)
	}

	rows, err := s.db.QueryContext(ctx,
		`select `+columns+` from products`+where.String()+` order by `+order+` limit `+where.Arg(limit),
		where.Args()...)
	if err != nil {
		return nil, fmt.Errorf("list products: %w", err)
	}
	defer rows.Close()
	products := make([]Product, 0, limit)
	for rows.Next() {
		product, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list products: %w", err)
		}
		products = append(products, product)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list products: %w", err)
	}
	return products, nil
}
