<?php

declare(strict_types=1);

namespace App\Auth;

/** Who asks. */
final readonly class Caller
{
    /** @param ?Role $role null for one that is not known here, which may nothing */
    public function __construct(public string $id, public ?Role $role)
    {
    }

    /** The one customer whose orders the caller may see, or null for everybody's. */
    public function seesOrdersOf(): ?string
    {
        return $this->role === Role::Support ? null : $this->id;
    }
}
