package shop.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the texts that lead to the next page, and knows them again. A cursor has the place of a page's
 * last row, signed together with the list that it is of, so that it is taken nowhere else.
 */
public final class Cursors {
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    public Cursors(String secret) {
        key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    /** The list is whatever tells it, with its filters and its order, from others. */
    public String seal(Object list, Object place) {
        byte[] payload = Json.bytes(place);
        return encoded(payload) + "." + encoded(signature(list, payload));
    }

    public <T> T open(Object list, String cursor, Class<T> type) {
        try {
            String[] parts = cursor.split("[.]", 2);
            byte[] payload = Base64.getUrlDecoder().decode(parts[0]);
            byte[] signature = Base64.getUrlDecoder().decode(parts.length == 2 ? parts[1] : "");
            if (MessageDigest.isEqual(signature, signature(list, payload))) {
                return Json.MAPPER.readValue(payload, type);
            }
        } catch (IllegalArgumentException | IOException e) {
            // It is none of ours.
        }
        throw Parameters.invalid("cursor", "has to be the next_cursor of a page with the same filters and sort");
    }

    private byte[] signature(Object list, byte[] payload) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            // No line feed is in the JSON, so this reads in one way only; and no token begins with it.
            mac.update("cursor\n".getBytes(StandardCharsets.UTF_8));
            mac.update(Json.bytes(list));
            mac.update((byte) '\n');
            return mac.doFinal(payload);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
