<?php

declare(strict_types=1);

namespace App\Order;

use App\Auth\Caller;
use App\Http\Query;

/** Which orders are listed, and in which order. */
final readonly class OrderFilter
{
    private function __construct(
        public string $sort,
        public ?string $customerId,
        public ?string $status,
        /** Both in microseconds since 1970. */
        public ?int $createdFrom,
        public ?int $createdTo,
    ) {
    }

    public static function of(Query $query, Caller $caller): self
    {
        return new self(
            $query->oneOf('sort', '-created_at', 'created_at') ?? '-created_at',
            $caller->seesOrdersOf() ?? $query->text('customer_id'),
            $query->oneOf('status', Status::Confirmed->value, Status::Cancelled->value),
            $query->microseconds('created_from'),
            $query->microseconds('created_to'),
        );
    }

    public function isDescending(): bool
    {
        return str_starts_with($this->sort, '-');
    }

    /** @return list<string> what a cursor holds: enough to tell the order's place from all others */
    public function place(Order $order): array
    {
        return [$order->createdAt, $order->id];
    }
}
