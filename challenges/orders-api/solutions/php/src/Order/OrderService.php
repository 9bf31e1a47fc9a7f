<?php

declare(strict_types=1);

namespace App\Order;

use App\Database\Connection;
use App\Http\IfMatch;
use App\Http\Problem;
use App\Product\Product;
use App\Product\ProductRepository;

/**
 * Places, changes and cancels orders, each in a transaction.
 *
 * All of them lock the order first, if there is one, and then all products that are concerned, so that
 * no two transactions wait for each other.
 */
final readonly class OrderService
{
    public function __construct(
        private Connection $connection,
        private OrderRepository $orders,
        private ProductRepository $products,
    ) {
    }

    /**
     * Places an order, or finds the one that the customer has placed with the key before.
     *
     * @param non-empty-list<Line> $lines
     */
    public function place(string $customerId, ?string $key, array $lines): Placement
    {
        return $this->connection->transaction(function () use ($customerId, $key, $lines): Placement {
            // Retries at the same moment name the same products: they pass here one by one, and all but
            // the first find its order below, whatever it has left in stock.
            $products = $this->products->lock(array_column($lines, 'sku'));
            $placedItems = json_encode($lines, JSON_THROW_ON_ERROR);
            $earlier = $key === null ? null : $this->orders->findByKey($customerId, $key);
            if ($earlier !== null) {
                if ($earlier['placed_items'] !== $placedItems) {
                    throw self::keyUsed();
                }
                return new Placement($this->orders->find($earlier['id']), false);
            }

            $items = self::price($lines, [], $products);
            $this->exchange([], $items, $products);
            // The key may be taken by now, but only for other products.
            $id = $this->orders->add($customerId, $key, $placedItems, $items) ?? throw self::keyUsed();
            return new Placement($this->orders->find($id), true);
        });
    }

    /**
     * Puts other items in the place of the order's.
     *
     * @param non-empty-list<Line> $lines
     */
    public function change(string $customerId, string $id, IfMatch $match, array $lines): Order
    {
        return $this->connection->transaction(function () use ($customerId, $id, $match, $lines): Order {
            $order = $this->orders->lock($id, $customerId) ?? throw self::notFound();
            $match->check($order->version);
            if ($order->status === Status::Cancelled) {
                throw Problem::conflict('The order is cancelled and cannot be changed.');
            }
            $products = $this->products->lock(array_column([...$lines, ...$order->items], 'sku'));
            $items = self::price($lines, $order->items, $products);
            $this->exchange($order->items, $items, $products);
            $this->orders->replaceItems($id, $items);
            return $this->orders->find($id);
        });
    }

    /** Cancels the order, and gives back what it holds. */
    public function cancel(string $customerId, string $id): Order
    {
        return $this->connection->transaction(function () use ($customerId, $id): Order {
            $order = $this->orders->lock($id, $customerId) ?? throw self::notFound();
            if ($order->status === Status::Cancelled) {
                throw Problem::conflict('The order was cancelled before.');
            }
            $products = $this->products->lock(array_column($order->items, 'sku'));
            $this->exchange($order->items, [], $products);
            $this->orders->cancel($id);
            return $this->orders->find($id);
        });
    }

    /**
     * Makes items of the lines: what was in the order before keeps its price.
     *
     * @param non-empty-list<Line> $lines
     * @param list<Item> $before
     * @param array<Product> $products by sku
     * @return non-empty-list<Item>
     */
    private static function price(array $lines, array $before, array $products): array
    {
        $prices = array_column($before, 'unitPriceCents', 'sku') + array_column($products, 'priceCents', 'sku');
        return array_map(static function (Line $line) use ($prices): Item {
            $price = $prices[$line->sku] ?? throw Problem::invalid("There is no product $line->sku.");
            return new Item($line->sku, $line->quantity, $price);
        }, $lines);
    }

    /**
     * Takes the one items from stock and gives the others back; if anything is short, it does neither.
     *
     * @param list<Item> $back
     * @param list<Item> $out
     * @param array<Product> $products all of theirs, locked
     */
    private function exchange(array $back, array $out, array $products): void
    {
        $given = array_column($back, 'quantity', 'sku');
        $taken = array_column($out, 'quantity', 'sku');
        $changes = [];
        // Of the products and not of the arrays above, as a sku that is a number is no text as a key.
        foreach ($products as $product) {
            $quantity = ($taken[$product->sku] ?? 0) - ($given[$product->sku] ?? 0);
            if ($quantity > $product->stock) {
                throw Problem::conflict("There is not enough of $product->sku in stock.");
            }
            if ($quantity !== 0) {
                $changes[] = ['sku' => $product->sku, 'quantity' => $quantity];
            }
        }
        $this->products->take($changes);
    }

    private static function keyUsed(): Problem
    {
        return Problem::invalid('This Idempotency-Key was used with other items. Take a new one.');
    }

    private static function notFound(): Problem
    {
        return Problem::notFound('There is no such order.');
    }
}
