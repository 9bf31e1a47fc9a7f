<?php

declare(strict_types=1);

namespace App\Database;

/** Runs the scripts of a folder that have not been run on this database, in the order of their names. */
final readonly class Migrations
{
    /** Any number of our own: instances that start together migrate one after the other. */
    private const int LOCK = 7_310_284;

    public function __construct(private Connection $connection, private string $folder)
    {
    }

    public function run(): void
    {
        $this->connection->transaction(function (): void {
            $this->connection->query('select pg_advisory_xact_lock(?)', self::LOCK);
            $this->connection->script('create table if not exists migrations (name text primary key)');
            $done = array_column($this->connection->query('select name from migrations'), 'name');
            foreach (glob("$this->folder/*.sql") as $file) {
                $name = basename($file);
                if (!in_array($name, $done, true)) {
                    $this->connection->script(file_get_contents($file));
                    $this->connection->query('insert into migrations (name) values (?)', $name);
                }
            }
        });
    }
}
