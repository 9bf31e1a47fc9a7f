package shop.auth;

/** Who asks: a customer, or somebody else with an id. */
public record Caller(String id, Role role) {}
