<?php

declare(strict_types=1);

use App\Database\Connection;
use App\Database\Migrations;
use App\Settings;

require __DIR__ . '/../vendor/autoload.php';

$settings = Settings::fromEnvironment();
// The database may be starting as well.
$deadline = microtime(true) + 25;
while (true) {
    try {
        new Migrations(new Connection($settings->databaseUrl), __DIR__ . '/../migrations')->run();
        break;
    } catch (PDOException $failure) {
        if (!Connection::isAway($failure) || microtime(true) > $deadline) {
            throw $failure;
        }
        fwrite(STDERR, "The database does not answer yet: {$failure->getMessage()}\n");
        usleep(250_000);
    }
}
