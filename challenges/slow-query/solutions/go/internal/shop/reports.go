package shop

import (
	"database/sql"
	"net/http"
	"time"

	"history/internal/postgres"
	"history/internal/web"
)

const longestReport = 92 * 24 * time.Hour

type orderCounts struct {
	Orders   int64          `json:"orders"`
	ByStatus countsByStatus `json:"by_status"`
}

type countsByStatus struct {
	Pending   int64 `json:"pending"`
	Paid      int64 `json:"paid"`
	Shipped   int64 `json:"shipped"`
	Returned  int64 `json:"returned"`
	Cancelled int64 `json:"cancelled"`
}

// countOrders tells how many orders there are, and how many of each status.
func (s service) countOrders(r *http.Request) (any, error) {
	var counts orderCounts
	of := &counts.ByStatus
	err := s.db.QueryRowContext(r.Context(),
		`select coalesce(sum(orders), 0),
			coalesce(sum(orders) filter (where status = 'pending'), 0),
			coalesce(sum(orders) filter (where status = 'paid'), 0),
			coalesce(sum(orders) filter (where status = 'shipped'), 0),
			coalesce(sum(orders) filter (where status = 'returned'), 0),
			coalesce(sum(orders) filter (where status = 'cancelled'), 0)
		from order_days`).
		Scan(&counts.Orders, &of.Pending, &of.Paid, &of.Shipped, &of.Returned, &of.Cancelled)
	return counts, err
}

type daySales struct {
	Day          string `json:"day"`
	Orders       int64  `json:"orders"`
	RevenueCents int64  `json:"revenue_cents"`
}

// salesByDay tells what was sold on each day (UTC) from one on and before another.
func (s service) salesByDay(r *http.Request) (any, error) {
	from, err := web.Day(r, "from")
	if err != nil {
		return nil, err
	}
	to, err := web.Day(r, "to")
	if err != nil {
		return nil, err
	}
	if !to.After(from) || to.Sub(from) > longestReport {
		return nil, web.Invalid("to must be 1 to 92 days after from.")
	}
	scan := func(rows *sql.Rows, d *daySales) error { return rows.Scan(&d.Day, &d.Orders, &d.RevenueCents) }
	days, err := postgres.All(r.Context(), s.db, scan,
		`select day::text, sum(orders), sum(revenue_cents) from order_days
		where day >= $1 and day < $2 and status <> 'cancelled'
		group by day having sum(orders) > 0 order by day`, from.Format(time.DateOnly), to.Format(time.DateOnly))
	return map[string]any{"days": days}, err
}

type productSales struct {
	SKU          string `json:"sku"`
	Name         string `json:"name"`
	Units        int64  `json:"units"`
	RevenueCents int64  `json:"revenue_cents"`
}

// salesByProduct tells what was ordered of each product of a category, whatever became of the order.
func (s service) salesByProduct(r *http.Request) (any, error) {
	category, err := web.Text(r, "category")
	if err != nil {
		return nil, err
	}
	scan := func(rows *sql.Rows, p *productSales) error {
		return rows.Scan(&p.SKU, &p.Name, &p.Units, &p.RevenueCents)
	}
	products, err := postgres.All(r.Context(), s.db, scan,
		`select sku, name, coalesce(sum(quantity), 0), coalesce(sum(quantity * unit_price_cents), 0)
		from products left join order_items on product_id = products.id
		where category = $1 group by products.id order by sku`, category)
	return map[string]any{"products": products}, err
}
