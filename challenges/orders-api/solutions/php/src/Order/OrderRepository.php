<?php

declare(strict_types=1);

namespace App\Order;

use App\Database\Conditions;
use App\Database\Connection;

/** The orders in the database. */
final readonly class OrderRepository
{
    private const string SELECT = <<<'SQL'
        select id, customer_id, status, subtotal_cents, discount_cents, shipping_cents, version,
               to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as shown_at,
               (select json_agg(json_build_array(sku, quantity, unit_price_cents) order by sku collate "C")
                from order_items where order_id = orders.id) as items
        from orders
        SQL;

    private const string INSTANT = "timestamptz 'epoch' + ?::bigint * interval '1 microsecond'";

    public function __construct(private Connection $connection)
    {
    }

    /** Finds an order; with an owner, only if it is theirs. */
    public function find(string $id, ?string $owner = null): ?Order
    {
        $where = new Conditions();
        $where->add('id = ?', $id);
        $where->addIfGiven('customer_id = ?', $owner);
        $row = $this->connection->row(self::SELECT . " where {$where->sql()}", ...$where->arguments);
        return $row === null ? null : self::read($row);
    }

    /** Finds an owner's order, and keeps it from changing until the transaction ends. */
    public function lock(string $id, string $owner): ?Order
    {
        // Read after it is locked, and not with it: the row of an order that was waited for is new, but
        // the items that a query puts beside it are as old as the query.
        $sql = 'select from orders where id = ? and customer_id = ? for no key update';
        $this->connection->query($sql, $id, $owner);
        return $this->find($id, $owner);
    }

    /**
     * Gives up to limit orders that come after a place.
     *
     * @param ?list<string> $place
     * @return list<Order>
     */
    public function list(OrderFilter $filter, ?array $place, int $limit): array
    {
        $where = new Conditions();
        $where->addIfGiven('customer_id = ?', $filter->customerId);
        $where->addIfGiven('status = ?', $filter->status);
        $where->addIfGiven('created_at >= ' . self::INSTANT, $filter->createdFrom);
        $where->addIfGiven('created_at < ' . self::INSTANT, $filter->createdTo);

        [$direction, $beyond] = $filter->isDescending() ? ['desc', '<'] : ['asc', '>'];
        if ($place !== null) {
            $where->add("(created_at, id) $beyond (?, ?)", ...$place);
        }
        $rows = $this->connection->query(
            self::SELECT . " where {$where->sql()} order by created_at $direction, id $direction limit ?",
            ...[...$where->arguments, $limit],
        );
        return array_map(self::read(...), $rows);
    }

    /** @return ?array{id: string, placed_items: string} what the customer has placed with the key */
    public function findByKey(string $customerId, string $key): ?array
    {
        $sql = 'select id, placed_items from orders where customer_id = ? and idempotency_key = ?';
        return $this->connection->row($sql, $customerId, $key);
    }

    /**
     * Adds an order and gives its id, or null if the customer has used the key before.
     *
     * @param list<Item> $items
     */
    public function add(string $customerId, ?string $key, string $placedItems, array $items): ?string
    {
        $amounts = Amounts::of($items);
        $row = $this->connection->row(
            "insert into orders (id, customer_id, status, subtotal_cents, discount_cents, shipping_cents,
                                 total_cents, idempotency_key, placed_items, created_at)
             values (gen_random_uuid(), ?, 'confirmed', ?, ?, ?, ?, ?, ?, clock_timestamp())
             on conflict (customer_id, idempotency_key) do nothing
             returning id",
            $customerId,
            $amounts->subtotalCents,
            $amounts->discountCents,
            $amounts->shippingCents,
            $amounts->totalCents,
            $key,
            $placedItems,
        );
        if ($row === null) {
            return null;
        }
        $this->addItems($row['id'], $items);
        return $row['id'];
    }

    /** @param list<Item> $items */
    public function replaceItems(string $id, array $items): void
    {
        $this->connection->query('delete from order_items where order_id = ?', $id);
        $this->addItems($id, $items);
        $amounts = Amounts::of($items);
        $this->connection->query(
            'update orders set subtotal_cents = ?, discount_cents = ?, shipping_cents = ?, total_cents = ?
             where id = ?',
            $amounts->subtotalCents,
            $amounts->discountCents,
            $amounts->shippingCents,
            $amounts->totalCents,
            $id,
        );
    }

    public function cancel(string $id): void
    {
        $this->connection->query("update orders set status = 'cancelled' where id = ?", $id);
    }

    /** @param list<Item> $items */
    private function addItems(string $id, array $items): void
    {
        $this->connection->query(
            'insert into order_items (order_id, sku, quantity, unit_price_cents)
             select ?::uuid, item.*
             from jsonb_to_recordset(?) as item (sku text, quantity bigint, unit_price_cents bigint)',
            $id,
            json_encode($items, JSON_THROW_ON_ERROR),
        );
    }

    private static function read(array $row): Order
    {
        return new Order(
            $row['id'],
            $row['customer_id'],
            Status::from($row['status']),
            array_map(static fn (array $item): Item => new Item(...$item), json_decode($row['items'])),
            new Amounts($row['subtotal_cents'], $row['discount_cents'], $row['shipping_cents']),
            $row['shown_at'],
            $row['version'],
        );
    }
}
