<?php

declare(strict_types=1);

use App\Database;

require __DIR__ . '/../vendor/autoload.php';

new Database(getenv('DATABASE_URL'))->migrate();
