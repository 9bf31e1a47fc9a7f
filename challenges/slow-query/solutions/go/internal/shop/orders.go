package shop

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

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
	// A text for each case, so that each has the plan that fits it.
	query := `select ` + columns + ` from orders where true`
	args := []any{page.Limit + 1}
	if r.URL.Query().Has("status") {
		status := r.URL.Query().Get("status")
		if err := checkStatus(&status); err != nil {
			return nil, err
		}
		args = append(args, status)
		query += fmt.Sprintf(` and status = $%d`, len(args))
	}
	if page.Behind != nil {
		args = append(args, page.Behind.At, page.Behind.ID)
		query += fmt.Sprintf(` and (placed_at, id) > ($%d, $%d)`, len(args)-1, len(args))
	}
	rows, err := postgres.All(r.Context(), s.db, scanOrder, query+` order by placed_at, id limit $1`, args...)
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
	products, err := productsOf(ctx, tx, wanted.Items)
	if err != nil {
		return order{}, err
	}
	var total int64
	var ids, quantities, prices []int64
	for _, item := range wanted.Items {
		product, known := products[*item.SKU]
		if !known {
			return order{}, web.Invalid("There is no product %s.", *item.SKU)
		}
		quantity := int64(*item.Quantity)
		ids, quantities, prices = append(ids, product.id), append(quantities, quantity), append(prices, product.price)
		total += quantity * product.price
	}
	var id int64
	err = tx.QueryRowContext(ctx,
		`insert into orders (customer_id, status, total_cents) values ($1, 'pending', $2) returning id`,
		*wanted.CustomerID, total).Scan(&id)
	if err != nil {
		return order{}, err
	}
	_, err = tx.ExecContext(ctx,
		`insert into order_items (order_id, line, product_id, quantity, unit_price_cents)
		select $1, line, product_id, quantity, price
		from unnest($2::int[], $3::int[], $4::bigint[]) with ordinality as item (product_id, quantity, price, line)`,
		id, pq.Array(ids), pq.Array(quantities), pq.Array(prices))
	if err != nil {
		return order{}, err
	}
	return byID(ctx, tx, id)
}

type product struct {
	sku       string
	id, price int64
}

func productsOf(ctx context.Context, db postgres.Queryer, items []newItem) (map[string]product, error) {
	skus := make([]string, len(items))
	for i, item := range items {
		skus[i] = *item.SKU
	}
	scan := func(rows *sql.Rows, p *product) error { return rows.Scan(&p.sku, &p.id, &p.price) }
	found, err := postgres.All(ctx, db, scan,
		`select sku, id, price_cents from products where sku = any($1::text[])`, pq.Array(skus))
	products := make(map[string]product, len(found))
	for _, product := range found {
		products[product.sku] = product
	}
	return products, err
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
	err = addItems(ctx, db, found)
	return found[0], err
}

// addItems reads the items of all these orders at once.
func addItems(ctx context.Context, db postgres.Queryer, orders []order) error {
	ids := make([]int64, len(orders))
	of := make(map[int64]*order, len(orders))
	for i := range orders {
		ids[i] = orders[i].ID
		of[ids[i]] = &orders[i]
	}
	type itemOf struct {
		item
		orderID int64
	}
	scan := func(rows *sql.Rows, i *itemOf) error {
		return rows.Scan(&i.orderID, &i.Line, &i.SKU, &i.Name, &i.Quantity, &i.UnitPriceCents)
	}
	items, err := postgres.All(ctx, db, scan,
		`select order_id, line, sku, name, quantity, unit_price_cents
		from order_items join products on products.id = product_id
		where order_id = any($1::bigint[]) order by order_id, line`, pq.Array(ids))
	for _, item := range items {
		of[item.orderID].Items = append(of[item.orderID].Items, item.item)
	}
	return err
}

// Place is where the order stands in a list.
func (o order) Place() web.Place { return web.Place{At: o.PlacedAt, ID: o.ID} }

func scanOrder(rows *sql.Rows, o *order) error {
	err := rows.Scan(&o.ID, &o.CustomerID, &o.Status, &o.TotalCents, &o.PlacedAt)
	o.PlacedAt = o.PlacedAt.UTC()
	return err
}
