<?php

declare(strict_types=1);

namespace App\Order;

/** What an order costs, in whole cents throughout. */
final readonly class Amounts
{
    private const int DISCOUNT_FROM_CENTS = 100_000;
    private const int DISCOUNT_PERCENT = 5;
    private const int FREE_SHIPPING_FROM_CENTS = 5_000;
    private const int SHIPPING_CENTS = 490;

    public int $totalCents;

    public function __construct(public int $subtotalCents, public int $discountCents, public int $shippingCents)
    {
        $this->totalCents = $subtotalCents - $discountCents + $shippingCents;
    }

    /** @param list<Item> $items */
    public static function of(array $items): self
    {
        $subtotal = 0;
        foreach ($items as $item) {
            $subtotal += $item->quantity * $item->unitPriceCents;
        }
        $discount = self::discount($subtotal);
        $shipping = $subtotal - $discount >= self::FREE_SHIPPING_FROM_CENTS ? 0 : self::SHIPPING_CENTS;
        return new self($subtotal, $discount, $shipping);
    }

    private static function discount(int $subtotal): int
    {
        if ($subtotal < self::DISCOUNT_FROM_CENTS) {
            return 0;
        }
        // Half a cent is rounded up: 50 is half of the 100 that is divided by.
        return intdiv($subtotal * self::DISCOUNT_PERCENT + 50, 100);
    }
}
