package shop.auth;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;
import shop.http.Fields;
import shop.http.Problem;

/** Reads tokens. Why one is refused is told nobody. */
final class Tokens {
    private static final Pattern BEARER = Pattern.compile("Bearer +(\\S+)", Pattern.CASE_INSENSITIVE);

    private final JwtConsumer consumer;

    Tokens(String secret) {
        consumer = new JwtConsumerBuilder()
                .setVerificationKey(new HmacKey(secret.getBytes(StandardCharsets.UTF_8)))
                .setJwsAlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256)
                // How long the secret is was decided where it was made.
                .setRelaxVerificationKeyValidation()
                .setSkipDefaultAudienceValidation()
                .setRequireExpirationTime()
                .setRequireSubject()
                .build();
    }

    Caller caller(String authorization) {
        var bearer = BEARER.matcher(authorization);
        if (!bearer.matches()) {
            throw invalid();
        }
        try {
            JwtClaims claims = consumer.processToClaims(bearer.group(1));
            String id = claims.getSubject();
            String role = claims.getStringClaimValue("role");
            if (id.isEmpty() || !Fields.isStorable(id) || role == null || role.isEmpty()) {
                throw invalid();
            }
            return new Caller(id, Role.of(role));
        } catch (InvalidJwtException | MalformedClaimException e) {
            throw invalid();
        }
    }

    private static Problem invalid() {
        return Problem.unauthenticated("A valid bearer token is needed.");
    }
}
