<?php

declare(strict_types=1);

namespace App\Http;

use RuntimeException;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Response;

/** An error that the client is told of (RFC 9457). Its detail says what to do, and nothing of the inside. */
final class Problem extends RuntimeException
{
    /** @param array<string, string> $headers */
    private function __construct(
        public readonly int $status,
        string $detail,
        private readonly array $headers = [],
    ) {
        parent::__construct($detail);
    }

    public static function badRequest(string $detail): self
    {
        return new self(Response::HTTP_BAD_REQUEST, $detail);
    }

    public static function unauthenticated(): self
    {
        $headers = ['WWW-Authenticate' => 'Bearer'];
        return new self(Response::HTTP_UNAUTHORIZED, 'A valid bearer token is needed.', $headers);
    }

    public static function forbidden(string $detail): self
    {
        return new self(Response::HTTP_FORBIDDEN, $detail);
    }

    public static function notFound(string $detail): self
    {
        return new self(Response::HTTP_NOT_FOUND, $detail);
    }

    /** @param list<string> $allowed */
    public static function methodNotAllowed(array $allowed): self
    {
        $methods = implode(', ', $allowed);
        return new self(Response::HTTP_METHOD_NOT_ALLOWED, "The methods here are $methods.", ['Allow' => $methods]);
    }

    public static function conflict(string $detail): self
    {
        return new self(Response::HTTP_CONFLICT, $detail);
    }

    public static function stale(): self
    {
        $detail = 'It has changed since you read it. Read it again, then decide.';
        return new self(Response::HTTP_PRECONDITION_FAILED, $detail);
    }

    /** For values that break a rule. */
    public static function invalid(string $detail): self
    {
        return new self(Response::HTTP_UNPROCESSABLE_ENTITY, $detail);
    }

    public static function unconditional(): self
    {
        $detail = 'Say in If-Match what you change: the ETag that you have seen, or *.';
        return new self(Response::HTTP_PRECONDITION_REQUIRED, $detail);
    }

    public static function internal(): self
    {
        return new self(Response::HTTP_INTERNAL_SERVER_ERROR, 'Something went wrong here. Try again later.');
    }

    public static function unavailable(): self
    {
        return new self(Response::HTTP_SERVICE_UNAVAILABLE, 'This cannot be done at the moment. Try again later.');
    }

    public function toResponse(): Response
    {
        $body = [
            'type' => 'about:blank',
            'title' => Response::$statusTexts[$this->status],
            'status' => $this->status,
            'detail' => $this->getMessage(),
        ];
        $headers = ['Content-Type' => 'application/problem+json'] + $this->headers;
        return new JsonResponse($body, $this->status, $headers);
    }
}
