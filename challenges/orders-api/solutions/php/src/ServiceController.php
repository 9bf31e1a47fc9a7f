<?php

declare(strict_types=1);

namespace App;

use App\Database\Connection;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Response;

/** What the service says about itself. */
final readonly class ServiceController
{
    public const string DESCRIPTION = __DIR__ . '/../openapi.json';

    public function __construct(private Connection $connection)
    {
    }

    public function health(): Response
    {
        return new JsonResponse(['status' => 'ok']);
    }

    public function ready(): Response
    {
        $this->connection->query('select 1');
        return new JsonResponse(['status' => 'ready']);
    }

    public function describe(): Response
    {
        return new JsonResponse(file_get_contents(self::DESCRIPTION), json: true);
    }
}
