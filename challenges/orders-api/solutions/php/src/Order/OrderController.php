<?php

declare(strict_types=1);

namespace App\Order;

use App\Auth\Caller;
use App\Http\Cursors;
use App\Http\Fields;
use App\Http\IfMatch;
use App\Http\Problem;
use App\Http\Query;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;

/** Answers requests about orders. */
final readonly class OrderController
{
    private const string KEY = '/\A[!-~]{1,255}\z/';
    private const string UUID = '/\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z/i';

    public function __construct(
        private OrderRepository $orders,
        private OrderService $service,
        private Cursors $cursors,
    ) {
    }

    public function place(Request $request, Caller $caller): Response
    {
        $key = $request->headers->get('Idempotency-Key');
        if ($key !== null && preg_match(self::KEY, $key) !== 1) {
            throw Problem::invalid('The Idempotency-Key has to be 1 to 255 visible ASCII characters.');
        }
        $lines = Line::readAll(Fields::ofBody($request, 'items'));
        $placement = $this->service->place($caller->id, $key, $lines);
        if (!$placement->isNew) {
            // Without a Location: FPM names no status if it is 200, and a Location without one is a redirect.
            return self::shown($placement->order);
        }
        $headers = ['Location' => "/orders/{$placement->order->id}"];
        return self::shown($placement->order, Response::HTTP_CREATED, $headers);
    }

    public function list(Request $request, Caller $caller): Response
    {
        $query = Query::of($request);
        $limit = $query->limit();
        $filter = OrderFilter::of($query, $caller);
        $cursor = $query->text('cursor');
        $place = $cursor === null ? null : $this->cursors->open($filter, $cursor);

        // One more than is shown tells whether there is a next page.
        $orders = $this->orders->list($filter, $place, $limit + 1);
        $next = count($orders) > $limit ? $filter->place($orders[$limit - 1]) : null;
        return new JsonResponse([
            'orders' => array_slice($orders, 0, $limit),
            'next_cursor' => $next === null ? null : $this->cursors->seal($filter, $next),
        ]);
    }

    public function show(Request $request, Caller $caller, string $id): Response
    {
        $order = $this->orders->find(self::uuid($id), $caller->seesOrdersOf());
        return self::shown($order ?? throw self::notFound());
    }

    public function change(Request $request, Caller $caller, string $id): Response
    {
        $id = self::uuid($id);
        $match = IfMatch::of($request);
        $lines = Line::readAll(Fields::ofBody($request, 'items'));
        return self::shown($this->service->change($caller->id, $id, $match, $lines));
    }

    public function cancel(Request $request, Caller $caller, string $id): Response
    {
        return self::shown($this->service->cancel($caller->id, self::uuid($id)));
    }

    /** What is no UUID is no order either. */
    private static function uuid(string $id): string
    {
        return preg_match(self::UUID, $id) === 1 ? $id : throw self::notFound();
    }

    /** @param array<string, string> $headers */
    private static function shown(Order $order, int $status = Response::HTTP_OK, array $headers = []): Response
    {
        return new JsonResponse($order, $status, ['ETag' => IfMatch::tag($order->version)] + $headers);
    }

    private static function notFound(): Problem
    {
        return Problem::notFound('There is no such order.');
    }
}
