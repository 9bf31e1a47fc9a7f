<?php

declare(strict_types=1);

namespace App\Http;

use DateTimeImmutable;
use Symfony\Component\HttpFoundation\Request;

/** The parameters of a list. Reading one holds it against its rule; null is one that is not given. */
final readonly class Query
{
    private const int DEFAULT_LIMIT = 20;
    private const int MAX_LIMIT = 100;

    private const string TIME = '/\A(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)T'
        . '(?<time>([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60))(\.(?<fraction>\d+))?'
        . '(?<offset>Z|[+-]([01]\d|2[0-3]):[0-5]\d)\z/i';

    /** @param array<string, string> $values */
    private function __construct(private array $values)
    {
    }

    public static function of(Request $request): self
    {
        // PHP makes lists of parameters such as q[], which are none of ours.
        $values = array_filter($request->query->all(), is_string(...));
        foreach ($values as $value) {
            if (preg_match('/\A[^\0]*\z/u', $value) !== 1) {
                throw Problem::invalid('Parameters have to be texts in UTF-8, without U+0000.');
            }
        }
        return new self($values);
    }

    public function text(string $name): ?string
    {
        return $this->values[$name] ?? null;
    }

    /** Gives a text that matches the pattern; the rule is the pattern in words. */
    public function matching(string $name, string $pattern, string $rule): ?string
    {
        $text = $this->text($name);
        if ($text !== null && preg_match($pattern, $text) !== 1) {
            throw Problem::invalid("The parameter $name has to be $rule.");
        }
        return $text;
    }

    public function oneOf(string $name, string ...$allowed): ?string
    {
        $text = $this->text($name);
        if ($text !== null && !in_array($text, $allowed, true)) {
            throw Problem::invalid("The parameter $name has to be one of: " . implode(', ', $allowed) . '.');
        }
        return $text;
    }

    public function integer(string $name, int $least, int $most): ?int
    {
        $text = $this->text($name);
        if ($text === null) {
            return null;
        }
        $number = preg_match('/\A-?\d{1,18}\z/', $text) === 1 ? (int) $text : null;
        if ($number === null || $number < $least || $number > $most) {
            throw Problem::invalid("The parameter $name has to be an integer from $least to $most.");
        }
        return $number;
    }

    /** How many a page shows at most. */
    public function limit(): int
    {
        return $this->integer('limit', 1, self::MAX_LIMIT) ?? self::DEFAULT_LIMIT;
    }

    /**
     * Gives a time (RFC 3339) as microseconds since 1970, which is as exact as the database is. Of what
     * lies between two it is the later one, so that comparing with times of the database stays true.
     */
    public function microseconds(string $name): ?int
    {
        $text = $this->text($name);
        if ($text === null) {
            return null;
        }
        $isTime = preg_match(self::TIME, $text, $parts) === 1
            && checkdate((int) $parts['month'], (int) $parts['day'], (int) $parts['year']);
        if (!$isTime) {
            throw Problem::invalid("The parameter $name has to be a time such as 2026-11-24T09:10:38Z.");
        }
        $second = new DateTimeImmutable(substr($text, 0, 10) . ' ' . $parts['time'] . $parts['offset']);
        $microseconds = (int) str_pad(substr($parts['fraction'], 0, 6), 6, '0');
        $isBetween = trim(substr($parts['fraction'], 6), '0') !== '';
        return $second->getTimestamp() * 1_000_000 + $microseconds + ($isBetween ? 1 : 0);
    }
}
