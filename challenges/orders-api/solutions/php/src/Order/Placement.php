<?php

declare(strict_types=1);

namespace App\Order;

/** The order that came of a request, and whether it was placed just now. */
final readonly class Placement
{
    public function __construct(public Order $order, public bool $isNew)
    {
    }
}
