<?php

declare(strict_types=1);

namespace App\Http;

use JsonException;
use stdClass;
use Symfony\Component\HttpFoundation\Request;

/** The members of a JSON object. Reading one holds it against its rule. */
final readonly class Fields
{
    /** @param array<mixed> $values */
    private function __construct(private array $values)
    {
    }

    /** Reads a request's body: one JSON object with these members and no others. */
    public static function ofBody(Request $request, string ...$names): self
    {
        try {
            // Objects stay objects, since as arrays {} and {"0": 1} would be lists.
            $body = json_decode($request->getContent(), flags: JSON_THROW_ON_ERROR);
        } catch (JsonException $failure) {
            throw match ($failure->getCode()) {
                // This is JSON, but nests too deep, has half a surrogate pair, or a name that begins with U+0000.
                JSON_ERROR_DEPTH, JSON_ERROR_UTF16, JSON_ERROR_INVALID_PROPERTY_NAME =>
                    Problem::invalid('The body has something in it that no field may have.'),
                default => Problem::badRequest('The body is not JSON.'),
            };
        }
        return self::of($body, ...$names);
    }

    /** Reads a decoded JSON object with these members and no others. */
    public static function of(mixed $object, string ...$names): self
    {
        if (!$object instanceof stdClass) {
            throw Problem::invalid('An object is needed, with ' . implode(', ', $names) . '.');
        }
        $values = get_object_vars($object);
        if (array_diff(array_keys($values), $names) !== []) {
            throw Problem::invalid('There is a field too many. The fields are ' . implode(', ', $names) . '.');
        }
        return new self($values);
    }

    public function has(string $name): bool
    {
        return array_key_exists($name, $this->values);
    }

    /** Gives a text that matches the pattern; the rule is the pattern in words. */
    public function text(string $name, string $pattern, string $rule): string
    {
        $text = $this->get($name);
        if (!is_string($text) || preg_match($pattern, $text) !== 1) {
            throw Problem::invalid("The field $name has to be $rule.");
        }
        return $text;
    }

    public function integer(string $name, int $least, int $most): int
    {
        $number = $this->get($name);
        // What is too large for an integer has become a float.
        if (!is_int($number) || $number < $least || $number > $most) {
            throw Problem::invalid("The field $name has to be an integer from $least to $most.");
        }
        return $number;
    }

    /** @return list<mixed> */
    public function list(string $name, int $least, int $most): array
    {
        $list = $this->get($name);
        if (!is_array($list) || count($list) < $least || count($list) > $most) {
            throw Problem::invalid("The field $name has to be a list of $least to $most.");
        }
        return $list;
    }

    private function get(string $name): mixed
    {
        if (!$this->has($name)) {
            throw Problem::invalid("The field $name is missing.");
        }
        return $this->values[$name];
    }
}
