package shop.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorsTest {
    private final Cursors cursors = new Cursors("secret");

    record Place(Instant at, UUID id) {}

    @Test
    void aCursorOpensInItsOwnListOnly() {
        var place = new Place(Instant.parse("2026-11-24T09:10:38.123456Z"), UUID.randomUUID());
        String cursor = cursors.seal("by time", place);

        assertEquals(place, cursors.open("by time", cursor, Place.class));
        assertThrows(Problem.class, () -> cursors.open("by name", cursor, Place.class));
        assertThrows(Problem.class, () -> new Cursors("other").open("by time", cursor, Place.class));
        assertThrows(Problem.class, () -> cursors.open("by time", "e" + cursor, Place.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "%%%", "e30", "e30.", "e30.e30", "e30.e30.e30"})
    void othersAreRefused(String cursor) {
        assertThrows(Problem.class, () -> cursors.open("by time", cursor, Place.class));
    }
}
