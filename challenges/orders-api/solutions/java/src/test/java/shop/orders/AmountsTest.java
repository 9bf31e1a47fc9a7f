package shop.orders;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 490, 490",
        "4999, 0, 490, 5489",
        "5000, 0, 0, 5000",
        "99999, 0, 0, 99999",
        "100000, 5000, 0, 95000",
        "100009, 5000, 0, 95009",
        "100010, 5001, 0, 95009",
        "200000000000, 10000000000, 0, 190000000000"
    })
    void discountAndShippingHaveTheirBounds(long subtotal, long discount, long shipping, long total) {
        assertEquals(new Amounts(subtotal, discount, shipping, total), Amounts.of(subtotal));
    }

    @Test
    void theSubtotalIsThatOfAllItems() {
        var items = List.of(new Item("mug", 99, 99_999_900), new Item("pot", 99, 99_999_999));

        assertEquals(19_799_990_001L, Amounts.of(items).subtotalCents());
    }
}
