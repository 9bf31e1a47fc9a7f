<?php

declare(strict_types=1);

namespace App\Auth;

use App\Http\Problem;
use Lcobucci\JWT\Exception as InvalidToken;
use Lcobucci\JWT\JwtFacade;
use Lcobucci\JWT\Signer\Hmac\Sha256;
use Lcobucci\JWT\Signer\Key\InMemory;
use Lcobucci\JWT\Token\RegisteredClaims;
use Lcobucci\JWT\UnencryptedToken;
use Lcobucci\JWT\Validation\Constraint\LooseValidAt;
use Lcobucci\JWT\Validation\Constraint\SignedWith;
use SensitiveParameter;
use TypeError;

/** Bearer tokens: JWTs that somebody else issues, signed with HS256 and our secret. */
final readonly class Tokens
{
    private SignedWith $signedWith;
    private LooseValidAt $validNow;

    public function __construct(#[SensitiveParameter] string $secret)
    {
        $this->signedWith = new SignedWith(new Sha256(), InMemory::plainText($secret));
        $this->validNow = new LooseValidAt(new SystemClock());
    }

    /** Tells who asks by the header Authorization. Why a token is refused is nobody's business. */
    public function caller(?string $authorization): Caller
    {
        if (preg_match('/\ABearer +(?<token>\S+)\z/i', $authorization ?? '', $given) !== 1) {
            throw Problem::unauthenticated();
        }
        try {
            $token = new JwtFacade()->parse($given['token'], $this->signedWith, $this->validNow);
        } catch (InvalidToken | TypeError) {
            // The library has a TypeError for a time that is null, or a list.
            throw Problem::unauthenticated();
        }
        return self::read($token);
    }

    private static function read(UnencryptedToken $token): Caller
    {
        $claims = $token->claims();
        $id = $claims->get(RegisteredClaims::SUBJECT);
        $role = $claims->get('role');
        if (!$claims->has(RegisteredClaims::EXPIRATION_TIME) || !self::isText($id) || !self::isText($role)) {
            throw Problem::unauthenticated();
        }
        return new Caller($id, Role::tryFrom($role));
    }

    /** PostgreSQL stores any text but U+0000. */
    private static function isText(mixed $claim): bool
    {
        return is_string($claim) && $claim !== '' && !str_contains($claim, "\0");
    }
}
