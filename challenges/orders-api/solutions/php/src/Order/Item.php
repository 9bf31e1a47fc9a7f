<?php

declare(strict_types=1);

namespace App\Order;

use JsonSerializable;

/** A product in an order, at the price that it had when it came in. */
final readonly class Item implements JsonSerializable
{
    public function __construct(public string $sku, public int $quantity, public int $unitPriceCents)
    {
    }

    public function jsonSerialize(): array
    {
        return ['sku' => $this->sku, 'quantity' => $this->quantity, 'unit_price_cents' => $this->unitPriceCents];
    }
}
