<?php

declare(strict_types=1);

namespace App;

use Closure;
use FastRoute\Dispatcher;
use FastRoute\RouteCollector;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Throwable;

use function FastRoute\simpleDispatcher;

/** The service put together; begin here. */
final readonly class Application
{
    private Dispatcher $dispatcher;

    /** @param string $secret what tokens are signed with */
    public function __construct(private Database $database, private string $secret)
    {
        $this->dispatcher = simpleDispatcher($this->route(...));
    }

    private function route(RouteCollector $routes): void
    {
        $routes->get('/health', $this->health(...));

        // From here on it is yours: $this->database and $this->secret are there to be used. Each of these
        // answers 501 until you write it. An action is given the request and the parts of its path.
        $routes->get('/ready', $this->notBuiltYet('Readiness'));
        $routes->get('/openapi.json', $this->notBuiltYet('The description'));

        $routes->post('/products', $this->notBuiltYet('Adding a product'));
        $routes->get('/products', $this->notBuiltYet('Listing products'));
        $routes->get('/products/{sku}', $this->notBuiltYet('Showing a product'));
        $routes->patch('/products/{sku}', $this->notBuiltYet('Changing a product'));
        $routes->post('/products/{sku}/stock', $this->notBuiltYet('Adjusting stock'));

        $routes->post('/orders', $this->notBuiltYet('Placing an order'));
        $routes->get('/orders', $this->notBuiltYet('Listing orders'));
        $routes->get('/orders/{id}', $this->notBuiltYet('Showing an order'));
        $routes->patch('/orders/{id}', $this->notBuiltYet('Changing an order'));
        $routes->post('/orders/{id}/cancel', $this->notBuiltYet('Cancelling an order'));
    }

    private function health(): Response
    {
        return new JsonResponse(['status' => 'ok']);
    }

    private function notBuiltYet(string $what): Closure
    {
        return static fn (): Response => throw new Problem(501, "$what is not built yet.");
    }

    public function handle(Request $request): Response
    {
        try {
            return $this->dispatch($request);
        } catch (Problem $problem) {
            return $problem->toResponse();
        } catch (Throwable $failure) {
            error_log((string) $failure);
            return new Problem(500, 'Something went wrong.')->toResponse();
        }
    }

    private function dispatch(Request $request): Response
    {
        [$path] = explode('?', $request->getRequestUri(), 2);
        $found = $this->dispatcher->dispatch($request->getMethod(), $path);

        return match ($found[0]) {
            Dispatcher::FOUND => $found[1]($request, ...array_map(rawurldecode(...), $found[2])),
            Dispatcher::METHOD_NOT_ALLOWED => throw new Problem(405, 'Allowed here: ' . implode(', ', $found[1])),
            Dispatcher::NOT_FOUND => throw new Problem(404, 'There is nothing at this path.'),
        };
    }
}
