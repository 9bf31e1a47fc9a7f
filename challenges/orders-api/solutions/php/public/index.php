<?php

declare(strict_types=1);

use App\Application;
use App\Settings;
use Symfony\Component\HttpFoundation\Request;

require __DIR__ . '/../vendor/autoload.php';

// A warning is a mistake of ours, and should not go on as if nothing had happened.
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    if ((error_reporting() & $level) === 0) {
        return false;
    }
    throw new ErrorException($message, 0, $level, $file, $line);
});

$request = Request::createFromGlobals();
$application = Application::create(Settings::fromEnvironment());
$application->handle($request)->prepare($request)->send();
