package shop.orders;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What a customer has ordered. Its version is another one after every change. */
record Order(
        UUID id,
        String customerId,
        Status status,
        List<Item> items,
        @JsonUnwrapped Amounts amounts,
        Instant createdAt,
        @JsonIgnore long version) {}
