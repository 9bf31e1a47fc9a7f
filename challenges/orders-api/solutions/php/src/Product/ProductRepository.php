<?php

declare(strict_types=1);

namespace App\Product;

use App\Database\Conditions;
use App\Database\Connection;

/** The products in the database. */
final readonly class ProductRepository
{
    private const string COLUMNS = 'sku, name, price_cents, stock, version';

    public function __construct(private Connection $connection)
    {
    }

    /** Gives the product as it was added, or null if its sku is taken. */
    public function add(Product $product): ?Product
    {
        return $this->one(
            'insert into products (sku, name, price_cents, stock) values (?, ?, ?, ?)
             on conflict (sku) do nothing
             returning ' . self::COLUMNS,
            $product->sku,
            $product->name,
            $product->priceCents,
            $product->stock,
        );
    }

    public function find(string $sku): ?Product
    {
        return $this->one('select ' . self::COLUMNS . ' from products where sku = ?', $sku);
    }

    /**
     * Puts what the change makes of the product in its place, or gives null if there is none. The
     * product is locked meanwhile; the change throws if it cannot be made.
     *
     * @param callable(Product): Product $change
     */
    public function update(string $sku, callable $change): ?Product
    {
        return $this->connection->transaction(function () use ($sku, $change): ?Product {
            $before = $this->lock([$sku])[$sku] ?? null;
            if ($before === null) {
                return null;
            }
            $after = $change($before);
            return $this->one(
                'update products set name = ?, price_cents = ?, stock = ? where sku = ?
                 returning ' . self::COLUMNS,
                $after->name,
                $after->priceCents,
                $after->stock,
                $sku,
            );
        });
    }

    /**
     * Gives up to limit products that come after a place.
     *
     * @param ?list<string|int> $place
     * @return list<Product>
     */
    public function list(ProductFilter $filter, ?array $place, int $limit): array
    {
        $where = new Conditions();
        // In the collation "C", only ASCII letters have an upper and a lower case.
        $where->addIfGiven('strpos(lower(name collate "C"), lower(?::text collate "C")) > 0', $filter->search);
        $where->addIfGiven('price_cents >= ?', $filter->minPriceCents);
        $where->addIfGiven('price_cents <= ?', $filter->maxPriceCents);
        $where->addIfGiven('(stock > 0) = ?', $filter->inStock);

        [$direction, $beyond] = $filter->isDescending() ? ['desc', '<'] : ['asc', '>'];
        if ($place !== null) {
            $key = $filter->isByPrice() ? '(price_cents, sku collate "C")' : '(sku collate "C")';
            $where->add("$key $beyond (" . implode(', ', array_fill(0, count($place), '?')) . ')', ...$place);
        }
        $order = ($filter->isByPrice() ? "price_cents $direction, " : '') . "sku collate \"C\" $direction";

        $rows = $this->connection->query(
            'select ' . self::COLUMNS . " from products where {$where->sql()} order by $order limit ?",
            ...[...$where->arguments, $limit],
        );
        return array_map(self::read(...), $rows);
    }

    /**
     * Reads those of the products that there are, by sku, and keeps them from changing until the
     * transaction ends. They are locked in one order, so that no two transactions wait for each other.
     *
     * @param list<string> $skus
     * @return array<Product>
     */
    public function lock(array $skus): array
    {
        $rows = $this->connection->query(
            'select ' . self::COLUMNS . ' from products
             where sku = any (array(select jsonb_array_elements_text(?)))
             order by sku collate "C" for no key update',
            json_encode($skus, JSON_THROW_ON_ERROR),
        );
        return array_column(array_map(self::read(...), $rows), null, 'sku');
    }

    /**
     * Takes from the stock of locked products; what is below zero is given back.
     *
     * @param list<array{sku: string, quantity: int}> $quantities
     */
    public function take(array $quantities): void
    {
        $this->connection->query(
            'update products set stock = stock - taken.quantity
             from jsonb_to_recordset(?) as taken (sku text, quantity bigint)
             where products.sku = taken.sku',
            json_encode($quantities, JSON_THROW_ON_ERROR),
        );
    }

    private function one(string $sql, string|int ...$arguments): ?Product
    {
        $row = $this->connection->row($sql, ...$arguments);
        return $row === null ? null : self::read($row);
    }

    private static function read(array $row): Product
    {
        return new Product($row['sku'], $row['name'], $row['price_cents'], $row['stock'], $row['version']);
    }
}
