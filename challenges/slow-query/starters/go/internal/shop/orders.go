package shop

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"history/internal/postgres"
	"history/internal/web"
)

const (
	columns     = `id, customer_id, status, total_cents, placed_at`
	maxItems    = 50
	maxQuantity = 1000
)

var statuses = []string{"pending", "paid", "shipped", "returned", "cancelled"}

type order struct {
	ID         int64     `json:"id"`
	CustomerID int64     `json:"customer_id"`
	Status     string    `json:"status"`
	TotalCents int64     `json:"total_cents"`
	PlacedAt   time.Time `json:"placed_at"`
	Items      []item    `json:"items,omitempty"`
}

type item struct {
	Line           int    `json:"line"`
	SKU            string `json:"sku"`
	Name           string `json:"name"`
	Quantity       int    `json:"quantity"`
	UnitPriceCents int64  `json:"unit_price_cents"`
}

type orderPage struct {
	Orders     []order `json:"orders"`
	NextCursor *string `json:"next_cursor"`
}

func (s service) listOrders(r *http.Request) (any, error) {
	page, err := web.ReadPage(r)
	if err != nil {
		return nil, err
	}
	var status *string
	if r.URL.Query().Has("status") {
		given := r.URL.Query().Get("status")
		if err := checkStatus(&given); err != nil {
			return nil, err
		}
		status = &given
	}
	rows, err := postgres.All(r.Context(), s.db, scanOrder,
		`select `+columns+` from orders where $1::text is null or status = $1 order by placed_at, id limit $2 offset $3`,
		status, page.Limit+1, page.Offset)
	if err != nil {
		return nil, err
	}
	orders, next := web.Cut(rows, page)
	return orderPage{orders, next}, nil
}

func (s service) getOrder(r *http.Request) (any, error) {
	id, err := web.ID(r)
	if err != nil {
		return nil, err
	}
	return byID(r.Context(), s.db, id)
}

type newOrder struct {
	CustomerID *int64    `json:"customer_id"`
	Items      []newItem `json:"items"`
}

type newItem struct {
	SKU      *string `json:"sku"`
	Quantity *int    `json:"quantity"`
}

func (n newOrder) check() error {
	if n.CustomerID == nil || *n.CustomerID < 1 {
		return web.Invalid("customer_id must be a number.")
	}
	if len(n.Items) < 1 || len(n.Items) > maxItems {
		return web.Invalid("An order has 1 to %d items.", maxItems)
	}
	for _, item := range n.Items {
		if item.SKU == nil || strings.Contains(*item.SKU, "\x00") {
			return web.Invalid("A sku is a text.")
		}
		if item.Quantity == nil || *item.Quantity < 1 || *item.Quantity > maxQuantity {
			return web.Invalid("quantity must be a whole number from 1 to %d.", maxQuantity)
		}
	}
	return nil
}

func (s service) placeOrder(r *http.Request) (any, error) {
	var wanted newOrder
	if err := web.ReadBody(r, &wanted); err != nil {
		return nil, err
	}
	if err := wanted.check(); err != nil {
		return nil, err
	}
	var placed order
	err := postgres.InTx(r.Context(), s.db, func(tx *sql.Tx) (err error) {
		placed, err = place(r.Context(), tx, wanted)
		return err
	})
	return placed, err
}

func place(ctx context.Context, tx *sql.Tx, wanted newOrder) (order, error) {
	var exists bool
	err := tx.QueryRowContext(ctx, `select exists (select from customers where id = $1)`, *wanted.CustomerID).Scan(&exists)
	if err != nil {
		return order{}, err
	}
	if !exists {
		return order{}, web.Invalid("There is no such customer.")
	}
	var id int64
	err = tx.QueryRowContext(ctx,
		`insert into orders (customer_id, status, total_cents) values ($1, 'pending', 0) returning id`,
		*wanted.CustomerID).Scan(&id)
	if err != nil {
		return order{}, err
	}
	var total int64
	for i, item := range wanted.Items {
		var product, price int64
		err := tx.QueryRowContext(ctx, `select id, price_cents from products where sku = $1`, *item.SKU).Scan(&product, &price)
		if errors.Is(err, sql.ErrNoRows) {
			return order{}, web.Invalid("There is no product %s.", *item.SKU)
		} else if err != nil {
			return order{}, err
		}
		_, err = tx.ExecContext(ctx, `insert into order_items values ($1, $2, $3, $4, $5)`,
			id, i+1, product, *item.Quantity, price)
		if err != nil {
			return order{}, err
		}
		total += int64(*item.Quantity) * price
	}
	if _, err := tx.ExecContext(ctx, `update orders set total_cents = $2 where id = $1`, id, total); err != nil {
		return order{}, err
	}
	return byID(ctx, tx, id)
}

func (s service) changeStatus(r *http.Request) (any, error) {
	id, err := web.ID(r)
	if err != nil {
		return nil, err
	}
	var change struct {
		Status *string `json:"status"`
	}
	if err := web.ReadBody(r, &change); err != nil {
		return nil, err
	}
	if err := checkStatus(change.Status); err != nil {
		return nil, err
	}
	_, err = s.db.ExecContext(r.Context(), `update orders set status = $2 where id = $1`, id, *change.Status)
	if err != nil {
		return nil, err
	}
	return byID(r.Context(), s.db, id)
}

func checkStatus(status *string) error {
	if status == nil || !slices.Contains(statuses, *status) {
		return web.Invalid("A status is one of %s.", strings.Join(statuses, ", "))
	}
	return nil
}

func byID(ctx context.Context, db postgres.Queryer, id int64) (order, error) {
	found, err := postgres.All(ctx, db, scanOrder, `select `+columns+` from orders where id = $1`, id)
	if err != nil {
		return order{}, err
	}
	if len(found) == 0 {
		return order{}, web.NotFound("order")
	}
	found[0].Items, err = itemsOf(ctx, db, id)
	return found[0], err
}

func itemsOf(ctx context.Context, db postgres.Queryer, orderID int64) ([]item, error) {
	scan := func(rows *sql.Rows, i *item) error {
		return rows.Scan(&i.Line, &i.SKU, &i.Name, &i.Quantity, &i.UnitPriceCents)
	}
	return postgres.All(ctx, db, scan,
		`select line, sku, name, quantity, unit_price_cents
		from order_items join products on products.id = product_id
		where order_id = $1 order by line`, orderID)
}

func scanOrder(rows *sql.Rows, o *order) error {
	err := rows.Scan(&o.ID, &o.CustomerID, &o.Status, &o.TotalCents, &o.PlacedAt)
	o.PlacedAt = o.PlacedAt.UTC()
	return err
}
