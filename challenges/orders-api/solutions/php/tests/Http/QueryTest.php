<?php

declare(strict_types=1);

namespace App\Tests\Http;

use App\Http\Problem;
use App\Http\Query;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;
use Symfony\Component\HttpFoundation\Request;

final class QueryTest extends TestCase
{
    #[TestWith(['1970-01-01T00:00:00Z', 0])]
    #[TestWith(['1970-01-01t01:00:00.5+01:00', 500_000])]
    #[TestWith(['1969-12-31T23:59:59.999999Z', -1])]
    #[TestWith(['1970-01-01T00:00:00.0000011Z', 2])]
    #[TestWith(['1970-01-01T00:00:00.0000010Z', 1])]
    #[TestWith(['1972-06-30T23:59:60Z', 78_796_800_000_000])]
    #[TestWith(['9999-12-31T23:59:59-23:59', 253_402_387_139_000_000])]
    public function testTimesAreAsExactAsTheDatabase(string $text, int $microseconds): void
    {
        self::assertSame($microseconds, $this->query(['at' => $text])->microseconds('at'));
    }

    #[TestWith(['yesterday'])]
    #[TestWith(['2026-11-24'])]
    #[TestWith(['2026-11-24T09:10:38'])]
    #[TestWith(['2026-11-24 09:10:38Z'])]
    #[TestWith(['2026-13-01T00:00:00Z'])]
    #[TestWith(['2026-02-29T00:00:00Z'])]
    #[TestWith(['2026-11-24T24:00:00Z'])]
    #[TestWith(["2026-11-24T09:10:38Z\n"])]
    public function testOtherTimesAreRefused(string $text): void
    {
        $query = $this->query(['at' => $text]);

        $this->expectException(Problem::class);
        $query->microseconds('at');
    }

    #[TestWith(['0'])]
    #[TestWith(['101'])]
    #[TestWith(['-1'])]
    #[TestWith(['1.5'])]
    #[TestWith(['1e1'])]
    #[TestWith([' 5'])]
    #[TestWith(['+5'])]
    #[TestWith([''])]
    public function testOtherLimitsAreRefused(string $limit): void
    {
        $query = $this->query(['limit' => $limit]);

        $this->expectException(Problem::class);
        $query->limit();
    }

    public function testAListIsNoParameterOfOurs(): void
    {
        self::assertSame(20, $this->query(['limit' => ['5']])->limit());
    }

    #[TestWith(["a\0b"])]
    #[TestWith(["\xff"])]
    public function testOnlyTextsAreTaken(string $text): void
    {
        $this->expectException(Problem::class);

        $this->query(['q' => $text]);
    }

    private function query(array $parameters): Query
    {
        return Query::of(Request::create('/', 'GET', $parameters));
    }
}
