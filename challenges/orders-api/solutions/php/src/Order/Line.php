<?php

declare(strict_types=1);

namespace App\Order;

use App\Http\Fields;
use App\Http\Problem;
use App\Product\Product;

/** A product that a customer asks for. */
final readonly class Line
{
    private const int MAX_LINES = 20;
    private const int MAX_QUANTITY = 100;

    public function __construct(public string $sku, public int $quantity)
    {
    }

    /** @return non-empty-list<self> the items of a new or a changed order, in the order of their skus */
    public static function readAll(Fields $fields): array
    {
        $lines = array_map(self::read(...), $fields->list('items', 1, self::MAX_LINES));
        // As texts: to an operator of PHP, the skus 1e1 and 10 are equal numbers.
        usort($lines, static fn (self $a, self $b): int => strcmp($a->sku, $b->sku));
        for ($i = 1; $i < count($lines); $i++) {
            if ($lines[$i]->sku === $lines[$i - 1]->sku) {
                throw Problem::invalid("The product {$lines[$i]->sku} is there twice.");
            }
        }
        return $lines;
    }

    private static function read(mixed $item): self
    {
        $fields = Fields::of($item, 'sku', 'quantity');
        return new self(Product::readSku($fields), $fields->integer('quantity', 1, self::MAX_QUANTITY));
    }
}
