<?php

// Makes a token to try things out with: php bin/token.php SECRET SUB ROLE

declare(strict_types=1);

use Lcobucci\JWT\Builder;
use Lcobucci\JWT\JwtFacade;
use Lcobucci\JWT\Signer\Hmac\Sha256;
use Lcobucci\JWT\Signer\Key\InMemory;

require __DIR__ . '/../vendor/autoload.php';

[, $secret, $sub, $role] = $argv;
$token = new JwtFacade()->issue(
    new Sha256(),
    InMemory::plainText($secret),
    static fn (Builder $builder, DateTimeImmutable $now): Builder => $builder
        ->relatedTo($sub)
        ->withClaim('role', $role)
        ->expiresAt($now->modify('+1 hour')),
);
echo $token->toString(), "\n";
