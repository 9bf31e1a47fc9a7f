<?php

declare(strict_types=1);

namespace App\Tests\Auth;

use App\Auth\Role;
use App\Auth\Tokens;
use App\Http\Problem;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class TokensTest extends TestCase
{
    private const string SECRET = 'a-secret-of-thirty-two-bytes-or-more';
    private const array HEADER = ['alg' => 'HS256', 'typ' => 'JWT'];

    public function testATokenSaysWhoAsks(): void
    {
        $caller = new Tokens(self::SECRET)->caller('bearer ' . self::token(self::claims()));

        self::assertSame('c-17', $caller->id);
        self::assertSame(Role::Customer, $caller->role);
    }

    public function testARoleThatIsNotKnownIsNone(): void
    {
        $token = self::token(['role' => 'owner'] + self::claims());

        self::assertNull(new Tokens(self::SECRET)->caller("Bearer $token")->role);
    }

    public static function invalid(): iterable
    {
        $claims = self::claims();
        yield 'none' => [null];
        yield 'another scheme' => ['Basic ' . self::token($claims)];
        yield 'no JWT' => ['Bearer garbage'];
        yield 'no JSON' => ['Bearer a.b.c'];
        yield 'expired' => ['Bearer ' . self::token(['exp' => time() - 1] + $claims)];
        yield 'not valid yet' => ['Bearer ' . self::token(['nbf' => time() + 60] + $claims)];
        yield 'a time that is a list' => ['Bearer ' . self::token(['exp' => []] + $claims)];
        yield 'no time' => ['Bearer ' . self::token(array_diff_key($claims, ['exp' => 0]))];
        yield 'no customer' => ['Bearer ' . self::token(array_diff_key($claims, ['sub' => 0]))];
        yield 'a customer that is a number' => ['Bearer ' . self::token(['sub' => 17] + $claims)];
        yield 'no role' => ['Bearer ' . self::token(array_diff_key($claims, ['role' => 0]))];
        yield 'another secret' => ['Bearer ' . self::token($claims, secret: strrev(self::SECRET))];
        yield 'not signed' => ['Bearer ' . self::token($claims, ['alg' => 'none'])];
        yield 'another algorithm' => ['Bearer ' . self::token($claims, ['alg' => 'HS512'], 'sha512')];
    }

    #[DataProvider('invalid')]
    public function testAnythingElseIsRefused(?string $authorization): void
    {
        $this->expectException(Problem::class);

        new Tokens(self::SECRET)->caller($authorization);
    }

    private static function claims(): array
    {
        return ['sub' => 'c-17', 'role' => 'customer', 'exp' => time() + 60];
    }

    private static function token(
        array $claims,
        array $header = self::HEADER,
        string $hash = 'sha256',
        string $secret = self::SECRET,
    ): string {
        $signed = self::encode(json_encode($header)) . '.' . self::encode(json_encode($claims));
        return $signed . '.' . self::encode(hash_hmac($hash, $signed, $secret, true));
    }

    private static function encode(string $text): string
    {
        return rtrim(strtr(base64_encode($text), '+/', '-_'), '=');
    }
}
