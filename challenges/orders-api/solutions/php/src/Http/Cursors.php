<?php

declare(strict_types=1);

namespace App\Http;

use SensitiveParameter;

/**
 * Cursors hold the place of a page's last row. They are signed together with the list that they belong
 * to, so that none is taken that was made for another one, or by somebody else.
 */
final readonly class Cursors
{
    private const int SIGNATURE_BYTES = 32;

    private string $key;

    public function __construct(#[SensitiveParameter] string $secret)
    {
        $this->key = hash_hmac('sha256', 'cursors', $secret);
    }

    /**
     * @param object $list its filters and its sort
     * @param list<string|int> $place
     */
    public function seal(object $list, array $place): string
    {
        return $this->encode($list, json_encode($place, JSON_THROW_ON_ERROR));
    }

    /** @return list<string|int> the place */
    public function open(object $list, string $cursor): array
    {
        $place = substr((string) base64_decode(strtr($cursor, '-_', '+/')), self::SIGNATURE_BYTES);
        // Compared as a whole: base64 can be written in more than one way.
        if (!hash_equals($this->encode($list, $place), $cursor)) {
            throw Problem::invalid('The parameter cursor has to be the next_cursor of a page of the same list.');
        }
        return json_decode($place, flags: JSON_THROW_ON_ERROR);
    }

    private function encode(object $list, string $place): string
    {
        $signature = hash_hmac('sha256', serialize($list) . $place, $this->key, true);
        return rtrim(strtr(base64_encode($signature . $place), '+/', '-_'), '=');
    }
}
