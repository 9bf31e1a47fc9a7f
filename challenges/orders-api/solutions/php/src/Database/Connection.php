<?php

declare(strict_types=1);

namespace App\Database;

use Closure;
use InvalidArgumentException;
use PDO;
use Pdo\Pgsql;
use PDOException;
use SensitiveParameter;

/** The database. It is connected to when it is first asked something. */
final class Connection
{
    private const int CONNECT_SECONDS = 2;
    private const int STATEMENT_SECONDS = 7;

    private ?Pgsql $pdo = null;

    public function __construct(#[SensitiveParameter] private readonly string $url)
    {
    }

    /** @return list<array<string, mixed>> the rows */
    public function query(string $sql, string|int|null ...$arguments): array
    {
        $statement = $this->pdo()->prepare($sql);
        $statement->execute($arguments);
        return $statement->fetchAll();
    }

    /** @return ?array<string, mixed> the first row, if there is one */
    public function row(string $sql, string|int|null ...$arguments): ?array
    {
        return $this->query($sql, ...$arguments)[0] ?? null;
    }

    /** Runs any number of statements, which have no parameters. */
    public function script(string $sql): void
    {
        $this->pdo()->exec($sql);
    }

    /**
     * Commits what the work has done, or rolls it back if it throws.
     *
     * @template T
     * @param Closure(): T $work
     * @return T
     */
    public function transaction(Closure $work): mixed
    {
        $pdo = $this->pdo();
        $pdo->beginTransaction();
        try {
            $result = $work();
            $pdo->commit();
            return $result;
        } finally {
            if ($pdo->inTransaction()) {
                $pdo->rollBack();
            }
        }
    }

    /** Whether a failure is the database's absence, and no mistake of ours. */
    public static function isAway(PDOException $failure): bool
    {
        $state = $failure->errorInfo[0] ?? '';
        // Connection exceptions, lack of resources, operator intervention; HY000 is what the client
        // library notices by itself, such as a connection that broke.
        return $state === 'HY000' || in_array(substr($state, 0, 2), ['08', '53', '57'], true);
    }

    private function pdo(): Pgsql
    {
        return $this->pdo ??= self::connect($this->url);
    }

    /**
     * Connections outlive requests, since making one costs more than most requests do. PDO rolls back what
     * a request leaves open, and connects anew where it knows a connection to be broken. That the server
     * has ended it meanwhile it notices at the first statement, which is therefore one without effect.
     */
    private static function connect(#[SensitiveParameter] string $url): Pgsql
    {
        $pdo = self::open($url);
        try {
            $pdo->exec('select 1');
            return $pdo;
        } catch (PDOException) {
            return self::open($url);
        }
    }

    private static function open(#[SensitiveParameter] string $url): Pgsql
    {
        $parts = parse_url($url);
        if (!isset($parts['host'], $parts['path'])) {
            // Without the URL itself, which has a password.
            throw new InvalidArgumentException('DATABASE_URL is not a URL of a database.');
        }
        $dsn = sprintf(
            "pgsql:host=%s;port=%d;dbname=%s;connect_timeout=%d;options='-c statement_timeout=%ds'",
            $parts['host'],
            $parts['port'] ?? 5432,
            rawurldecode(substr($parts['path'], 1)),
            self::CONNECT_SECONDS,
            self::STATEMENT_SECONDS,
        );
        // Such as sslmode=require.
        $dsn .= ';' . rawurldecode(strtr($parts['query'] ?? '', '&', ';'));
        return new Pgsql($dsn, rawurldecode($parts['user'] ?? ''), rawurldecode($parts['pass'] ?? ''), [
            PDO::ATTR_PERSISTENT => true,
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
            // Each statement runs once: with its values it is one round trip instead of three.
            Pgsql::ATTR_DISABLE_PREPARES => true,
        ]);
    }
}
