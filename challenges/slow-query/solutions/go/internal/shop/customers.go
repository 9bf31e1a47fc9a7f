package shop

import (
	"database/sql"
	"net/http"

	"history/internal/postgres"
	"history/internal/web"
)

type customer struct {
	ID      int64  `json:"id"`
	Email   string `json:"email"`
	Name    string `json:"name"`
	Country string `json:"country"`
}

func (s service) findCustomers(r *http.Request) (any, error) {
	email, err := web.Text(r, "email")
	if err != nil {
		return nil, err
	}
	scan := func(rows *sql.Rows, c *customer) error { return rows.Scan(&c.ID, &c.Email, &c.Name, &c.Country) }
	customers, err := postgres.All(r.Context(), s.db, scan,
		`select id, email, name, country from customers where lower(email) = lower($1) order by id`, email)
	return map[string]any{"customers": customers}, err
}

func (s service) history(r *http.Request) (any, error) {
	id, err := web.ID(r)
	if err != nil {
		return nil, err
	}
	page, err := web.ReadPage(r)
	if err != nil {
		return nil, err
	}
	var exists bool
	err = s.db.QueryRowContext(r.Context(), `select exists (select from customers where id = $1)`, id).Scan(&exists)
	if err != nil {
		return nil, err
	}
	if !exists {
		return nil, web.NotFound("customer")
	}
	query := `select ` + columns + ` from orders where customer_id = $1`
	args := []any{id, page.Limit + 1}
	if page.Behind != nil {
		query += ` and (placed_at, id) < ($3, $4)`
		args = append(args, page.Behind.At, page.Behind.ID)
	}
	rows, err := postgres.All(r.Context(), s.db, scanOrder, query+` order by placed_at desc, id desc limit $2`, args...)
	if err != nil {
		return nil, err
	}
	orders, next := web.Cut(rows, page)
	return orderPage{orders, next}, addItems(r.Context(), s.db, orders)
}
