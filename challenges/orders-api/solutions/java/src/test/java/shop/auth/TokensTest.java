package shop.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.json.JsonUtil;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import shop.http.Problem;

class TokensTest {
    private static final long LATER = Instant.now().plusSeconds(60).getEpochSecond();
    private static final Map<String, Object> CLAIMS = Map.of("sub", "me", "role", "admin", "exp", LATER);

    private final Tokens tokens = new Tokens("secret");

    @Test
    void aTokenTellsWhoAsks() throws JoseException {
        assertEquals(new Caller("me", Role.ADMIN), tokens.caller("Bearer " + signed(CLAIMS, "secret")));
        assertEquals(new Caller("me", Role.ADMIN), tokens.caller("bearer " + signed(CLAIMS, "secret")));

        String stranger = signed(Map.of("sub", "me", "role", "owner", "exp", LATER), "secret");
        assertEquals(new Caller("me", Role.OTHER), tokens.caller("Bearer " + stranger));
    }

    @Test
    void noTokenIsRefused() throws JoseException {
        assertRefused("");
        assertRefused("Bearer");
        assertRefused("Bearer a.b.c");
        assertRefused(signed(CLAIMS, "secret"));
        assertRefused("Basic " + signed(CLAIMS, "secret"));
    }

    @Test
    void whatIsOtherwiseSignedIsRefused() throws JoseException {
        assertRefused("Bearer " + signed(CLAIMS, "other"));
        assertRefused("Bearer " + signed(CLAIMS, "secret", AlgorithmIdentifiers.HMAC_SHA512));
        assertRefused("Bearer " + signed(CLAIMS, null, AlgorithmIdentifiers.NONE));
    }

    @Test
    void whatLacksAClaimOrIsOldIsRefused() throws JoseException {
        assertRefused("Bearer " + signed(Map.of("sub", "me", "role", "admin"), "secret"));
        assertRefused("Bearer " + signed(Map.of("sub", "me", "exp", LATER), "secret"));
        assertRefused("Bearer " + signed(Map.of("role", "admin", "exp", LATER), "secret"));
        assertRefused("Bearer " + signed(Map.of("sub", "me", "role", "admin", "exp", LATER - 120), "secret"));
        assertRefused("Bearer " + signed(Map.of("sub", 7, "role", "admin", "exp", LATER), "secret"));
        assertRefused("Bearer " + signed(Map.of("sub", "\0", "role", "admin", "exp", LATER), "secret"));
    }

    private void assertRefused(String authorization) {
        assertThrows(Problem.class, () -> tokens.caller(authorization), authorization);
    }

    private static String signed(Map<String, Object> claims, String secret) throws JoseException {
        return signed(claims, secret, AlgorithmIdentifiers.HMAC_SHA256);
    }

    private static String signed(Map<String, Object> claims, String secret, String algorithm) throws JoseException {
        var token = new JsonWebSignature();
        token.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        token.setAlgorithmHeaderValue(algorithm);
        token.setPayload(JsonUtil.toJson(claims));
        token.setKey(secret == null ? null : new HmacKey(secret.getBytes(StandardCharsets.UTF_8)));
        token.setDoKeyValidation(false);
        return token.getCompactSerialization();
    }
}
