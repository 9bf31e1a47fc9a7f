<?php

declare(strict_types=1);

namespace App\Order;

use JsonSerializable;

/** What a customer has ordered. */
final readonly class Order implements JsonSerializable
{
    /** @param list<Item> $items */
    public function __construct(
        public string $id,
        public string $customerId,
        public Status $status,
        public array $items,
        public Amounts $amounts,
        /** As text, since it is shown as exactly as it is stored. */
        public string $createdAt,
        /** Another one after every change. */
        public int $version,
    ) {
    }

    public function jsonSerialize(): array
    {
        return [
            'id' => $this->id,
            'customer_id' => $this->customerId,
            'status' => $this->status,
            'items' => $this->items,
            'subtotal_cents' => $this->amounts->subtotalCents,
            'discount_cents' => $this->amounts->discountCents,
            'shipping_cents' => $this->amounts->shippingCents,
            'total_cents' => $this->amounts->totalCents,
            'created_at' => $this->createdAt,
        ];
    }
}
