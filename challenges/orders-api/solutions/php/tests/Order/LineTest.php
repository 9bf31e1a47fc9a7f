<?php

declare(strict_types=1);

namespace App\Tests\Order;

use App\Http\Fields;
use App\Http\Problem;
use App\Order\Line;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;

final class LineTest extends TestCase
{
    public function testLinesAreInTheOrderOfTheirSkusAsTexts(): void
    {
        $lines = $this->read('[{"sku": "9", "quantity": 1}, {"sku": "10", "quantity": 2}]');

        self::assertSame(['10', '9'], array_column($lines, 'sku'));
        self::assertSame([2, 1], array_column($lines, 'quantity'));
    }

    public function testSkusThatAreEqualAsNumbersOnlyAreTwoProducts(): void
    {
        $lines = $this->read('[{"sku": "1e1", "quantity": 1}, {"sku": "10", "quantity": 1}]');

        self::assertCount(2, $lines);
    }

    #[TestWith(['[]'])]
    #[TestWith(['{}'])]
    #[TestWith(['{"0": {"sku": "a", "quantity": 1}}'])]
    #[TestWith(['[{"sku": "a", "quantity": 1}, {"sku": "b", "quantity": 1}, {"sku": "a", "quantity": 2}]'])]
    #[TestWith(['[{"sku": "a", "quantity": 0}]'])]
    #[TestWith(['[{"sku": "a", "quantity": 101}]'])]
    #[TestWith(['[{"sku": "a b", "quantity": 1}]'])]
    #[TestWith(['[{"sku": "a\n", "quantity": 1}]'])]
    #[TestWith(['["a"]'])]
    public function testWhatBreaksARuleIsRefused(string $items): void
    {
        $this->expectException(Problem::class);

        $this->read($items);
    }

    /** @return list<Line> */
    private function read(string $items): array
    {
        return Line::readAll(Fields::of(json_decode("{\"items\": $items}"), 'items'));
    }
}
