package shop.auth;

import java.util.Locale;

/** What somebody may do. */
public enum Role {
    CUSTOMER,
    ADMIN,
    SUPPORT,
    /** Any that is not known here. It may do nothing. */
    OTHER;

    static Role of(String name) {
        return switch (name) {
            case "customer" -> CUSTOMER;
            case "admin" -> ADMIN;
            case "support" -> SUPPORT;
            default -> OTHER;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
