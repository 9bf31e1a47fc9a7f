package shop.orders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import shop.http.Problem;
import shop.products.Product;

class BasketTest {
    private static final Map<String, Product> PRODUCTS = Map.of(
            "cup", new Product("cup", "Cup", 300, 1, 1),
            "mug", new Product("mug", "Mug", 150, 1, 1),
            "pot", new Product("pot", "Pot", 950, 0, 1));

    @Test
    void aChangeKeepsPricesAndTakesTheDifference() {
        var before = List.of(new Item("mug", 5, 100), new Item("pot", 2, 900));

        Basket basket = Basket.of(new TreeMap<>(Map.of("mug", 6L, "cup", 1L)), before, PRODUCTS);

        assertEquals(List.of(new Item("cup", 1, 300), new Item("mug", 6, 100)), basket.items());
        assertEquals(Map.of("cup", 1L, "mug", 1L, "pot", -2L), basket.taken());
    }

    @Test
    void whatIsShortOrUnknownIsRefused() {
        var before = List.of(new Item("mug", 2, 100));

        assertThrows(Problem.class, () -> Basket.of(new TreeMap<>(Map.of("mug", 2L)), List.of(), PRODUCTS));
        assertThrows(Problem.class, () -> Basket.of(new TreeMap<>(Map.of("mug", 4L)), before, PRODUCTS));
        assertThrows(Problem.class, () -> Basket.of(new TreeMap<>(Map.of("fork", 1L)), List.of(), PRODUCTS));
    }
}
