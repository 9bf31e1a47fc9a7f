<?php

declare(strict_types=1);

namespace App\Tests\Http;

use App\Http\Cursors;
use App\Http\Problem;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;

final class CursorsTest extends TestCase
{
    public function testACursorOpensInItsOwnList(): void
    {
        $cursors = new Cursors('secret');
        $list = (object) ['sort' => 'sku'];

        self::assertSame([1250, 'mug-1'], $cursors->open($list, $cursors->seal($list, [1250, 'mug-1'])));
    }

    #[TestWith(['secret', 'price', ''])]
    #[TestWith(['another secret', 'sku', ''])]
    #[TestWith(['secret', 'sku', '='])]
    #[TestWith(['secret', 'sku', ' '])]
    #[TestWith(['secret', 'sku', 'A'])]
    public function testAnyOtherIsRefused(string $secret, string $sort, string $more): void
    {
        $cursor = new Cursors($secret)->seal((object) ['sort' => $sort], ['mug-1']) . $more;

        $this->expectException(Problem::class);
        new Cursors('secret')->open((object) ['sort' => 'sku'], $cursor);
    }

    #[TestWith([''])]
    #[TestWith(['%%%'])]
    #[TestWith(['W10'])]
    public function testWhatIsNoCursorIsRefused(string $text): void
    {
        $this->expectException(Problem::class);

        new Cursors('secret')->open((object) [], $text);
    }
}
