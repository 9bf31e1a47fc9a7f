<?php

declare(strict_types=1);

use App\Application;
use App\Database;
use Symfony\Component\HttpFoundation\Request;

require __DIR__ . '/../vendor/autoload.php';

$request = Request::createFromGlobals();
$application = new Application(new Database(getenv('DATABASE_URL')), getenv('AUTH_SECRET'));
$application->handle($request)->prepare($request)->send();
