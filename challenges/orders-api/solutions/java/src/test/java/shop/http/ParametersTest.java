package shop.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {
    @Test
    void aParameterIsReadOnce() {
        var parameters = Parameters.parse("limit=7&q=a%20b+c%3D&empty&colour=red&colour=blue");

        assertEquals(Optional.of(7L), parameters.integer("limit", 1, 100));
        assertEquals(Optional.of("a b c="), parameters.text("q"));
        assertEquals(Optional.of(""), parameters.text("empty"));
        assertEquals(Optional.empty(), parameters.text("sort"));
        assertThrows(Problem.class, () -> parameters.text("colour"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"q=%", "q=%zz", "q=%ff", "q=a%00b"})
    void whatIsNoTextIsRefused(String query) {
        assertThrows(Problem.class, () -> Parameters.parse(query).text("q"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0", "101", "1.5", "+5", "%205", "99999999999999999999"})
    void whatIsNoIntegerWithinItsBoundsIsRefused(String value) {
        assertThrows(Problem.class, () -> Parameters.parse("limit=" + value).integer("limit", 1, 100));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-24T09:10:38Z, 2026-11-24T09:10:38Z",
        "2025-12-31t23:59:59.5%2B01:00, 2025-12-31T22:59:59.500Z",
        "2026-11-24T09:10:38.1234560z, 2026-11-24T09:10:38.123456Z",
        "2026-11-24T09:10:38.1234561Z, 2026-11-24T09:10:38.123457Z",
        "9999-12-31T23:59:59-01:00, +10000-01-01T00:59:59Z"
    })
    void timesAreAsExactAsInTheDatabase(String value, Instant time) {
        assertEquals(Optional.of(time), Parameters.parse("at=" + value).time("at"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "yesterday", "2026-11-24", "2026-11-24T09:10:38", "2026-11-24T09:10Z", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24T09:10:38+01"
    })
    void whatIsNoTimeIsRefused(String value) {
        assertThrows(Problem.class, () -> Parameters.parse("at=" + value).time("at"));
    }
}
