package shop;

import java.util.Map;

/** What the environment says. */
record Settings(int port, String databaseUrl, String authSecret) {
    static Settings from(Map<String, String> environment) {
        return new Settings(
                Integer.parseInt(required(environment, "PORT")),
                required(environment, "DATABASE_URL"),
                required(environment, "AUTH_SECRET"));
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new IllegalStateException("The environment variable " + name + " is not set");
        }
        return value;
    }
}
