<?php

declare(strict_types=1);

namespace App\Http;

use Symfony\Component\HttpFoundation\Request;

/** What a client believes to change (RFC 9110, section 13.1.1). */
final readonly class IfMatch
{
    /** @param list<string> $tags */
    private function __construct(private array $tags)
    {
    }

    public static function of(Request $request): self
    {
        $given = trim($request->headers->get('If-Match') ?? '');
        if ($given === '') {
            throw Problem::unconditional();
        }
        return new self(preg_split('/\s*,\s*/', $given));
    }

    /** Ask this of a locked row only: what is compared has to be what is changed. */
    public function check(int $version): void
    {
        if (array_intersect(['*', self::tag($version)], $this->tags) === []) {
            throw Problem::stale();
        }
    }

    public static function tag(int $version): string
    {
        return "\"$version\"";
    }
}
