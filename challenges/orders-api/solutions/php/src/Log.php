<?php

declare(strict_types=1);

namespace App;

use Symfony\Component\HttpFoundation\Request;
use Throwable;

/**
 * What goes wrong, as JSON lines on standard error. The line of each request is nginx's, and has the
 * same request_id.
 */
final class Log
{
    public static function failure(Throwable $failure, Request $request): void
    {
        $line = [
            'time' => date(DATE_RFC3339),
            'level' => 'error',
            'message' => $failure::class . ': ' . $failure->getMessage(),
            'at' => $failure->getFile() . ':' . $failure->getLine(),
            'trace' => $failure->getTraceAsString(),
            'request_id' => $request->headers->get('X-Request-Id'),
        ];
        $json = json_encode($line, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE);
        file_put_contents('php://stderr', "$json\n");
    }
}
