<?php

declare(strict_types=1);

namespace App\Auth;

enum Role: string
{
    case Customer = 'customer';
    case Admin = 'admin';
    case Support = 'support';
}
