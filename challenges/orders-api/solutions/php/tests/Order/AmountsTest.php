<?php

declare(strict_types=1);

namespace App\Tests\Order;

use App\Order\Amounts;
use App\Order\Item;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;

final class AmountsTest extends TestCase
{
    #[TestWith([4_999, 0, 490, 5_489])]
    #[TestWith([5_000, 0, 0, 5_000])]
    #[TestWith([99_999, 0, 0, 99_999])]
    #[TestWith([100_000, 5_000, 0, 95_000])]
    #[TestWith([100_010, 5_001, 0, 95_009])]
    #[TestWith([9_999_999_900, 499_999_995, 0, 9_499_999_905])]
    public function testDiscountAndShippingFollowTheSubtotal(
        int $subtotal,
        int $discount,
        int $shipping,
        int $total,
    ): void {
        $amounts = Amounts::of([new Item('mug-1', 1, $subtotal)]);

        self::assertSame(
            [$subtotal, $discount, $shipping, $total],
            [$amounts->subtotalCents, $amounts->discountCents, $amounts->shippingCents, $amounts->totalCents],
        );
    }

    public function testTheSubtotalIsOfAllItems(): void
    {
        $amounts = Amounts::of([new Item('mug-1', 3, 1_250), new Item('mug-2', 2, 100)]);

        self::assertSame(3_950, $amounts->subtotalCents);
    }
}
