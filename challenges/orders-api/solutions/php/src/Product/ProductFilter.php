<?php

declare(strict_types=1);

namespace App\Product;

use App\Http\Query;

/** Which products are listed, and in which order. */
final readonly class ProductFilter
{
    private function __construct(
        public string $sort,
        public ?string $search,
        public ?int $minPriceCents,
        public ?int $maxPriceCents,
        public ?string $inStock,
    ) {
    }

    public static function of(Query $query): self
    {
        return new self(
            $query->oneOf('sort', 'sku', '-sku', 'price_cents', '-price_cents') ?? 'sku',
            $query->matching('q', Product::NAME, Product::NAME_RULE),
            $query->integer('min_price_cents', 0, Product::MAX_PRICE_CENTS),
            $query->integer('max_price_cents', 0, Product::MAX_PRICE_CENTS),
            $query->oneOf('in_stock', 'true', 'false'),
        );
    }

    public function isByPrice(): bool
    {
        return str_ends_with($this->sort, 'price_cents');
    }

    public function isDescending(): bool
    {
        return str_starts_with($this->sort, '-');
    }

    /** @return list<string|int> what a cursor holds: enough to tell the product's place from all others */
    public function place(Product $product): array
    {
        return $this->isByPrice() ? [$product->priceCents, $product->sku] : [$product->sku];
    }
}
