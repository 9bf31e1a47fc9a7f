<?php

declare(strict_types=1);

namespace App\Product;

use App\Http\Fields;
use JsonSerializable;

/** What is sold. */
final readonly class Product implements JsonSerializable
{
    public const int MAX_PRICE_CENTS = 100_000_000;

    /** The most that is set by hand; what orders give back may lead above it. */
    public const int MAX_STOCK = 1_000_000;

    public const string NAME = '/\A[^\0]{1,200}\z/u';
    public const string NAME_RULE = '1 to 200 characters, none of them U+0000';
    private const string SKU = '/\A[A-Za-z0-9._-]{1,64}\z/';
    private const string SKU_RULE = '1 to 64 letters, digits, dots, underscores or hyphens';

    public function __construct(
        public string $sku,
        public string $name,
        public int $priceCents,
        public int $stock,
        /** Another one after every change. */
        public int $version = 1,
    ) {
    }

    public static function isSku(string $text): bool
    {
        return preg_match(self::SKU, $text) === 1;
    }

    public static function readSku(Fields $fields): string
    {
        return $fields->text('sku', self::SKU, self::SKU_RULE);
    }

    public static function readName(Fields $fields): string
    {
        return $fields->text('name', self::NAME, self::NAME_RULE);
    }

    public static function readPrice(Fields $fields): int
    {
        return $fields->integer('price_cents', 0, self::MAX_PRICE_CENTS);
    }

    /** The product with other values in the place of those that are given. */
    public function with(?string $name = null, ?int $priceCents = null, ?int $stock = null): self
    {
        return new self(
            $this->sku,
            $name ?? $this->name,
            $priceCents ?? $this->priceCents,
            $stock ?? $this->stock,
            $this->version,
        );
    }

    public function jsonSerialize(): array
    {
        return [
            'sku' => $this->sku,
            'name' => $this->name,
            'price_cents' => $this->priceCents,
            'stock' => $this->stock,
        ];
    }
}
