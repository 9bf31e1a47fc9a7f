<?php

declare(strict_types=1);

namespace App;

use RuntimeException;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Response;

/** An error that the client is told of, as RFC 9457 has it. */
final class Problem extends RuntimeException
{
    public function __construct(public readonly int $status, string $detail)
    {
        parent::__construct($detail);
    }

    public function toResponse(): Response
    {
        $body = [
            'type' => 'about:blank',
            'title' => Response::$statusTexts[$this->status],
            'status' => $this->status,
            'detail' => $this->getMessage(),
        ];
        return new JsonResponse($body, $this->status, ['Content-Type' => 'application/problem+json']);
    }
}
