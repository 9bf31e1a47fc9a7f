<?php

declare(strict_types=1);

namespace App;

use RuntimeException;
use SensitiveParameter;

/** What the environment says. */
final readonly class Settings
{
    /** What HS256 asks of a key (RFC 7518, section 3.2). */
    private const int SECRET_BYTES = 32;

    public function __construct(
        #[SensitiveParameter]
        public string $databaseUrl,
        #[SensitiveParameter]
        public string $secret,
    ) {
        if (strlen($secret) < self::SECRET_BYTES) {
            throw new RuntimeException('AUTH_SECRET has to have ' . self::SECRET_BYTES . ' bytes or more.');
        }
    }

    public static function fromEnvironment(): self
    {
        return new self(self::read('DATABASE_URL'), self::read('AUTH_SECRET'));
    }

    private static function read(string $name): string
    {
        $value = getenv($name);
        if ($value === false || $value === '') {
            throw new RuntimeException("The environment variable $name is not set.");
        }
        return $value;
    }
}
