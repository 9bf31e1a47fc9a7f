<?php

declare(strict_types=1);

namespace App\Tests\Http;

use App\Http\Fields;
use App\Http\Problem;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Symfony\Component\HttpFoundation\Request;

final class FieldsTest extends TestCase
{
    public static function bodies(): iterable
    {
        yield 'fine' => ['{"text": "a", "number": 3}', null];
        yield 'an escaped character' => ['{"text": "\ud83d\ude00", "number": -3}', null];
        yield 'nothing' => ['', 400];
        yield 'no end' => ['{', 400];
        yield 'more after the end' => ['{"text": "a", "number": 3} {}', 400];
        yield 'not UTF-8' => ["{\"text\": \"\xff\", \"number\": 3}", 400];
        yield 'a control character' => ["{\"text\": \"\0\", \"number\": 3}", 400];
        yield 'null' => ['null', 422];
        yield 'a list' => ['[]', 422];
        yield 'a field missing' => ['{"text": "a"}', 422];
        yield 'a field in another case' => ['{"Text": "a", "number": 3}', 422];
        yield 'a field too many' => ['{"text": "a", "number": 3, "more": 1}', 422];
        yield 'a number for a name' => ['{"text": "a", "number": 3, "0": 1}', 422];
        yield 'U+0000 in a name' => ['{"text": "a", "number": 3, "\u0000": 1}', 422];
        yield 'null for a text' => ['{"text": null, "number": 3}', 422];
        yield 'null for a number' => ['{"text": "a", "number": null}', 422];
        yield 'a text for a number' => ['{"text": "a", "number": "3"}', 422];
        yield 'true for a number' => ['{"text": "a", "number": true}', 422];
        yield 'a fraction' => ['{"text": "a", "number": 3.5}', 422];
        yield 'above its bound' => ['{"text": "a", "number": 11}', 422];
        yield 'above any type' => ['{"text": "a", "number": 100000000000000000000}', 422];
        yield 'above any float' => ['{"text": "a", "number": 1e400}', 422];
        yield 'half a character' => ['{"text": "\ud800", "number": 3}', 422];
        yield 'too long' => ['{"text": "abcd", "number": 3}', 422];
        yield 'too deep' => ['{"text": ' . str_repeat('[', 600) . str_repeat(']', 600) . ', "number": 3}', 422];
    }

    #[DataProvider('bodies')]
    public function testBodies(string $body, ?int $status): void
    {
        try {
            $fields = Fields::ofBody(Request::create('/', 'POST', content: $body), 'text', 'number');
            $fields->text('text', '/\A.{1,3}\z/u', '1 to 3 characters');
            $fields->integer('number', -10, 10);
            $got = null;
        } catch (Problem $problem) {
            $got = $problem->status;
        }

        self::assertSame($status, $got);
    }
}
