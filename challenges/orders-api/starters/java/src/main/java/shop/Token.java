package shop;

import java.nio.charset.StandardCharsets;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;

/** Makes a token to try things out with: of a secret, for whom, and of which role. */
final class Token {
    private Token() {}

    public static void main(String[] args) throws JoseException {
        if (args.length != 3) {
            throw new IllegalArgumentException("Give three arguments: AUTH_SECRET, whose token it is, and a role");
        }
        var claims = new JwtClaims();
        claims.setSubject(args[1]);
        claims.setStringClaim("role", args[2]);
        claims.setExpirationTimeMinutesInTheFuture(60);

        var token = new JsonWebSignature();
        token.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        token.setPayload(claims.toJson());
        token.setKey(new HmacKey(args[0].getBytes(StandardCharsets.UTF_8)));
        token.setDoKeyValidation(false); // A secret to try things out with may be short.
        System.out.println(token.getCompactSerialization());
    }
}
