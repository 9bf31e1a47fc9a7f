<?php

declare(strict_types=1);

namespace App\Database;

/** The conditions of a query, all of which have to hold, and their arguments. */
final class Conditions
{
    /** @var list<string> */
    private array $conditions = ['true'];

    /** @var list<string|int> */
    private(set) array $arguments = [];

    public function add(string $condition, string|int ...$arguments): void
    {
        $this->conditions[] = $condition;
        array_push($this->arguments, ...$arguments);
    }

    /** Adds a condition of one argument, unless that is null. */
    public function addIfGiven(string $condition, string|int|null $argument): void
    {
        if ($argument !== null) {
            $this->add($condition, $argument);
        }
    }

    public function sql(): string
    {
        return implode(' and ', $this->conditions);
    }
}
