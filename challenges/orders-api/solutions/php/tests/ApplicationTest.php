<?php

declare(strict_types=1);

namespace App\Tests;

use App\Application;
use App\ServiceController;
use App\Settings;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;

/** Without a token, no request gets to the database, so these need none. */
final class ApplicationTest extends TestCase
{
    public static function guardedOperations(): iterable
    {
        $description = json_decode(file_get_contents(ServiceController::DESCRIPTION), true);
        foreach ($description['paths'] as $path => $operations) {
            unset($operations['parameters']);
            foreach ($operations as $method => $operation) {
                if (($operation['security'] ?? null) !== []) {
                    yield "$method $path" => [strtoupper($method), $path];
                }
            }
        }
    }

    #[DataProvider('guardedOperations')]
    public function testEveryOperationOfTheDescriptionAsksForAToken(string $method, string $path): void
    {
        $response = $this->send($method, $path);

        self::assertSame(401, $response->getStatusCode());
        self::assertSame('Bearer', $response->headers->get('WWW-Authenticate'));
    }

    #[TestWith(['GET', '/nothing', 404])]
    #[TestWith(['GET', '//orders', 404])]
    #[TestWith(['GET', '/orders/', 404])]
    #[TestWith(['GET', '/index.php/orders', 404])]
    #[TestWith(['DELETE', '/orders', 405])]
    public function testWhatIsNotThereIsAProblem(string $method, string $path, int $status): void
    {
        $response = $this->send($method, $path);

        self::assertSame($status, $response->getStatusCode());
        self::assertSame('application/problem+json', $response->headers->get('Content-Type'));
        self::assertSame($status, json_decode($response->getContent())->status);
    }

    private function send(string $method, string $path): Response
    {
        $settings = new Settings('postgres://nobody@localhost/nothing', str_repeat('secret', 6));
        $request = new Request(server: ['REQUEST_METHOD' => $method, 'REQUEST_URI' => $path]);
        return Application::create($settings)->handle($request);
    }
}
