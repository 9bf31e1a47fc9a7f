<?php

declare(strict_types=1);

namespace App\Order;

enum Status: string
{
    case Confirmed = 'confirmed';
    case Cancelled = 'cancelled';
}
