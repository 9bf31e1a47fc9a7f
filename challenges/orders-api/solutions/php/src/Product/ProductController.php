<?php

declare(strict_types=1);

namespace App\Product;

use App\Auth\Caller;
use App\Http\Cursors;
use App\Http\Fields;
use App\Http\IfMatch;
use App\Http\Problem;
use App\Http\Query;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;

/** Answers requests about products. */
final readonly class ProductController
{
    public function __construct(private ProductRepository $products, private Cursors $cursors)
    {
    }

    public function add(Request $request): Response
    {
        $fields = Fields::ofBody($request, 'sku', 'name', 'price_cents', 'stock');
        $wanted = new Product(
            Product::readSku($fields),
            Product::readName($fields),
            Product::readPrice($fields),
            $fields->integer('stock', 0, Product::MAX_STOCK),
        );
        $added = $this->products->add($wanted);
        if ($added === null) {
            throw Problem::conflict("There is a product $wanted->sku already.");
        }
        return self::shown($added, Response::HTTP_CREATED, ['Location' => "/products/$added->sku"]);
    }

    public function list(Request $request): Response
    {
        $query = Query::of($request);
        $limit = $query->limit();
        $filter = ProductFilter::of($query);
        $cursor = $query->text('cursor');
        $place = $cursor === null ? null : $this->cursors->open($filter, $cursor);

        // One more than is shown tells whether there is a next page.
        $products = $this->products->list($filter, $place, $limit + 1);
        $next = count($products) > $limit ? $filter->place($products[$limit - 1]) : null;
        return new JsonResponse([
            'products' => array_slice($products, 0, $limit),
            'next_cursor' => $next === null ? null : $this->cursors->seal($filter, $next),
        ]);
    }

    public function show(Request $request, Caller $caller, string $sku): Response
    {
        $product = Product::isSku($sku) ? $this->products->find($sku) : null;
        return self::shown($product ?? throw self::notFound());
    }

    public function change(Request $request, Caller $caller, string $sku): Response
    {
        $match = IfMatch::of($request);
        $fields = Fields::ofBody($request, 'name', 'price_cents');
        $name = $fields->has('name') ? Product::readName($fields) : null;
        $price = $fields->has('price_cents') ? Product::readPrice($fields) : null;
        if ($name === null && $price === null) {
            throw Problem::invalid('There is nothing to change: give name, price_cents or both.');
        }
        return $this->update($sku, static function (Product $product) use ($match, $name, $price): Product {
            $match->check($product->version);
            return $product->with(name: $name, priceCents: $price);
        });
    }

    public function adjustStock(Request $request, Caller $caller, string $sku): Response
    {
        $change = Fields::ofBody($request, 'change')->integer('change', -Product::MAX_STOCK, Product::MAX_STOCK);
        if ($change === 0) {
            throw Problem::invalid('The field change has to be another number than 0.');
        }
        return $this->update($sku, static function (Product $product) use ($change): Product {
            $stock = $product->stock + $change;
            if ($stock < 0 || $stock > Product::MAX_STOCK) {
                throw Problem::conflict("The stock would be $stock; it has to be 0 to " . Product::MAX_STOCK . '.');
            }
            return $product->with(stock: $stock);
        });
    }

    /** @param callable(Product): Product $change */
    private function update(string $sku, callable $change): Response
    {
        // What cannot be a sku is no product either; some of it the database could not even compare.
        $product = Product::isSku($sku) ? $this->products->update($sku, $change) : null;
        return self::shown($product ?? throw self::notFound());
    }

    /** @param array<string, string> $headers */
    private static function shown(Product $product, int $status = Response::HTTP_OK, array $headers = []): Response
    {
        return new JsonResponse($product, $status, ['ETag' => IfMatch::tag($product->version)] + $headers);
    }

    private static function notFound(): Problem
    {
        return Problem::notFound('There is no product of this sku.');
    }
}
