<?php

declare(strict_types=1);

namespace App;

use PDO;
use Pdo\Pgsql;
use SensitiveParameter;

/** The database. It is connected to when it is first asked something. */
final class Database
{
    private ?Pgsql $pdo = null;

    public function __construct(#[SensitiveParameter] private readonly string $url)
    {
    }

    public function pdo(): Pgsql
    {
        return $this->pdo ??= self::connect($this->url);
    }

    /** The tables of the brief are there. What you want beside them goes here, and runs at start. */
    public function migrate(): void
    {
        $this->pdo()->query('select 1');
    }

    private static function connect(#[SensitiveParameter] string $url): Pgsql
    {
        $parts = parse_url($url);
        $dsn = sprintf(
            'pgsql:host=%s;port=%d;dbname=%s',
            $parts['host'],
            $parts['port'] ?? 5432,
            rawurldecode(substr($parts['path'], 1)),
        );
        return new Pgsql($dsn, rawurldecode($parts['user'] ?? ''), rawurldecode($parts['pass'] ?? ''), [
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
        ]);
    }
}
