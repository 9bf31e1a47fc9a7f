<?php

declare(strict_types=1);

namespace App;

use App\Auth\Role;
use App\Auth\Tokens;
use App\Database\Connection;
use App\Http\Cursors;
use App\Http\Problem;
use App\Order\OrderController;
use App\Order\OrderRepository;
use App\Order\OrderService;
use App\Product\ProductController;
use App\Product\ProductRepository;
use Closure;
use FastRoute\Dispatcher;
use FastRoute\RouteCollector;
use PDOException;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Throwable;

use function FastRoute\simpleDispatcher;

/** The service put together: which request is answered by whom. */
final readonly class Application
{
    private Dispatcher $dispatcher;

    public function __construct(
        private Tokens $tokens,
        private ServiceController $service,
        private ProductController $products,
        private OrderController $orders,
    ) {
        $this->dispatcher = simpleDispatcher($this->route(...));
    }

    public static function create(Settings $settings): self
    {
        $connection = new Connection($settings->databaseUrl);
        $cursors = new Cursors($settings->secret);
        $products = new ProductRepository($connection);
        $orders = new OrderRepository($connection);

        return new self(
            new Tokens($settings->secret),
            new ServiceController($connection),
            new ProductController($products, $cursors),
            new OrderController($orders, new OrderService($connection, $orders, $products), $cursors),
        );
    }

    private function route(RouteCollector $routes): void
    {
        $routes->get('/health', $this->service->health(...));
        $routes->get('/ready', $this->service->ready(...));
        $routes->get('/openapi.json', $this->service->describe(...));

        $routes->post('/products', $this->allow($this->products->add(...), Role::Admin));
        $routes->get('/products', $this->allow($this->products->list(...), ...Role::cases()));
        $routes->get('/products/{sku}', $this->allow($this->products->show(...), ...Role::cases()));
        $routes->patch('/products/{sku}', $this->allow($this->products->change(...), Role::Admin));
        $routes->post('/products/{sku}/stock', $this->allow($this->products->adjustStock(...), Role::Admin));

        $routes->post('/orders', $this->allow($this->orders->place(...), Role::Customer));
        $routes->get('/orders', $this->allow($this->orders->list(...), Role::Customer, Role::Support));
        $routes->get('/orders/{id}', $this->allow($this->orders->show(...), Role::Customer, Role::Support));
        $routes->patch('/orders/{id}', $this->allow($this->orders->change(...), Role::Customer));
        $routes->post('/orders/{id}/cancel', $this->allow($this->orders->cancel(...), Role::Customer));
    }

    /** Lets these roles through to an action, and nobody else. */
    private function allow(Closure $action, Role ...$roles): Closure
    {
        return function (Request $request, string ...$path) use ($action, $roles): Response {
            $caller = $this->tokens->caller($request->headers->get('Authorization'));
            if (!in_array($caller->role, $roles, true)) {
                throw Problem::forbidden('Your role may not do this.');
            }
            return $action($request, $caller, ...$path);
        };
    }

    public function handle(Request $request): Response
    {
        try {
            return $this->dispatch($request);
        } catch (Problem $problem) {
            return $problem->toResponse();
        } catch (Throwable $failure) {
            Log::failure($failure, $request);
            $problem = $failure instanceof PDOException && Connection::isAway($failure)
                ? Problem::unavailable()
                : Problem::internal();
            return $problem->toResponse();
        }
    }

    private function dispatch(Request $request): Response
    {
        // Routes are found by the path as it was sent: an encoded slash in a sku parts nothing.
        [$path] = explode('?', $request->getRequestUri(), 2);
        $found = $this->dispatcher->dispatch($request->getMethod(), $path);

        return match ($found[0]) {
            Dispatcher::FOUND => $found[1]($request, ...array_map(rawurldecode(...), $found[2])),
            Dispatcher::METHOD_NOT_ALLOWED => throw Problem::methodNotAllowed($found[1]),
            Dispatcher::NOT_FOUND => throw Problem::notFound('There is nothing at this path.'),
        };
    }
}
