# frozen_string_literal: true

require_relative 'input'
require_relative 'problem'

# What was sold.
class Reports
  LONGEST_DAYS = 92

  def initialize(db)
    @db = db
  end

  # How many orders there are, and how many of each status.
  def orders
    { orders: @db[:orders].count,
      by_status: Input::STATUSES.to_h { |status| [status, @db[:orders].where(status:).count] } }
  end

  # What was sold on each day (UTC) from one on and before another.
  def days(from, to)
    raise Problem.invalid('to must be 1 to 92 days after from.') unless (to - from).between?(1, LONGEST_DAYS)

    rows = @db.fetch(<<~SQL, from, to).all
      select date(placed_at at time zone 'UTC') as day, count(*) as orders, sum(total_cents)::bigint as revenue_cents
      from orders
      where date(placed_at at time zone 'UTC') >= ? and date(placed_at at time zone 'UTC') < ?
        and status <> 'cancelled'
      group by day
      order by day
    SQL
    { days: rows.map { |row| row.merge(day: row[:day].iso8601) } }
  end

  # What was ordered of each product of a category, whatever became of the order.
  def products(category)
    rows = @db.fetch(<<~SQL, category).all
      select sku, name,
             (select coalesce(sum(quantity), 0)::bigint from order_items
              where product_id = products.id) as units,
             (select coalesce(sum(quantity * unit_price_cents), 0)::bigint from order_items
              where product_id = products.id) as revenue_cents
      from products
      where category = ?
      order by sku
    SQL
    { products: rows }
  end
end
