# frozen_string_literal: true

require_relative 'input'
require_relative 'problem'

# Orders as rows, and as they are shown.
class Orders
  def initialize(db)
    @db = db
  end

  def history(customer_id, limit:, offset:)
    raise Problem.not_found('customer') if @db[:customers].where(id: customer_id).empty?

    page(@db[:orders].where(customer_id:).reverse(:placed_at, :id), limit, offset) { |order| with_items(order) }
  end

  def list(status, limit:, offset:)
    orders = @db[:orders].order(:placed_at, :id)
    orders = orders.where(status:) if status
    page(orders, limit, offset) { |order| shown(order) }
  end

  def get(id)
    order = @db[:orders].first(id:) or raise Problem.not_found('order')
    with_items(order)
  end

  def place(customer_id, items)
    @db.transaction do
      raise Problem.invalid('There is no such customer.') if @db[:customers].where(id: customer_id).empty?

      id = @db[:orders].insert(customer_id:, status: 'pending', total_cents: 0)
      items.each.with_index(1) { |item, line| add(id, line, item) }
      total = @db[:order_items].where(order_id: id).sum { quantity * unit_price_cents }
      @db[:orders].where(id:).update(total_cents: total)
      get(id)
    end
  end

  def change_status(id, status)
    @db[:orders].where(id:).update(status:)
    get(id)
  end

  private

  def page(orders, limit, offset, &)
    rows = orders.limit(limit + 1, offset).all
    { orders: rows.first(limit).map(&), next_cursor: rows.size > limit ? (offset + limit).to_s : nil }
  end

  def add(order_id, line, item)
    product = @db[:products].first(sku: item['sku']) or raise Problem.invalid("There is no product #{item['sku']}.")
    @db[:order_items].insert(order_id:, line:, product_id: product[:id], quantity: item['quantity'],
                             unit_price_cents: product[:price_cents])
  end

  def with_items(order)
    items = @db[:order_items].join(:products, id: :product_id).where(order_id: order[:id]).order(:line)
    shown(order).merge(items: items.select(:line, :sku, :name, :quantity, :unit_price_cents).all)
  end

  def shown(order)
    order.slice(:id, :customer_id, :status, :total_cents).merge(placed_at: order[:placed_at].utc.strftime('%FT%TZ'))
  end
end
