package shop.products;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import shop.database.Database;
import shop.database.Sql;
import shop.http.IfMatch;
import shop.http.Problem;

/** The products in the database. */
public final class ProductStore {
    private static final String COLUMNS = "sku, name, price_cents, stock, version";

    private final Database database;

    public ProductStore(Database database) {
        this.database = database;
    }

    /** The place of a product in a list. */
    record Place(String sku, long price) {
        static Place of(Product product) {
            return new Place(product.sku(), product.priceCents());
        }
    }

    Product add(String sku, String name, long price, long stock) {
        return database.connected(connection -> Sql.first(connection, """
                        insert into products (sku, name, price_cents, stock) values (?, ?, ?, ?)
                        on conflict (sku) do nothing
                        returning %s""".formatted(COLUMNS), ProductStore::product, sku, name, price, stock))
                .orElseThrow(() -> Problem.conflict("There is a product of this sku already."));
    }

    Product get(String sku) {
        return database.connected(connection -> one(connection, "select %s from products where sku = ?", sku));
    }

    /** Up to so many products, after a place or (null) from the first one on. */
    List<Product> list(ProductFilter filter, Place after, int limit) {
        String direction = filter.isDescending() ? "desc" : "asc";
        String beyond = filter.isDescending() ? "<" : ">";
        var conditions = filter.conditions();
        String order = "sku collate \"C\" " + direction;
        if (filter.isByPrice()) {
            order = "price_cents " + direction + ", " + order;
        }
        if (after != null && filter.isByPrice()) {
            conditions.add("(price_cents, sku collate \"C\") " + beyond + " (?, ?)", after.price(), after.sku());
        } else if (after != null) {
            conditions.add("sku collate \"C\" " + beyond + " ?", after.sku());
        }
        String query = "select " + COLUMNS + " from products" + conditions.where() + " order by " + order + " limit ?";
        return database.connected(connection ->
                Sql.list(connection, query, ProductStore::product, conditions.argumentsAnd(limit)));
    }

    /** Changes the name, the price or both; null stays as it is. */
    Product change(String sku, IfMatch ifMatch, String name, Long price) {
        return database.transaction(connection -> {
            ifMatch.require(locked(connection, sku).version());
            return one(connection, """
                    update products
                    set name = coalesce(?, name), price_cents = coalesce(?, price_cents), version = version + 1
                    where sku = ?
                    returning %s""", name, price, sku);
        });
    }

    Product adjustStock(String sku, long change) {
        return database.transaction(connection -> {
            long stock = locked(connection, sku).stock() + change;
            if (stock < 0 || stock > Product.HIGHEST_STOCK) {
                throw Problem.conflict("The stock has to stay from 0 to " + Product.HIGHEST_STOCK + ".");
            }
            return one(connection, """
                    update products set stock = ?, version = version + 1 where sku = ?
                    returning %s""", stock, sku);
        });
    }

    /**
     * Those of the products that there are, by sku. They stay as they are until the transaction ends, and
     * are locked in the order of their skus, so that no two transactions wait for each other.
     */
    public Map<String, Product> lock(Connection connection, Collection<String> skus) throws SQLException {
        var query = "select " + COLUMNS + " from products where sku = any (?) order by sku collate \"C\""
                + " for no key update";
        var array = connection.createArrayOf("text", skus.toArray());
        return Sql.list(connection, query, ProductStore::product, array).stream()
                .collect(Collectors.toMap(Product::sku, Function.identity()));
    }

    /** Takes quantities, by sku, from the stock of products that are locked; less than 0 is given back. */
    public void take(Connection connection, Map<String, Long> quantities) throws SQLException {
        try (var statement = connection.prepareStatement(
                "update products set stock = stock - ?, version = version + 1 where sku = ?")) {
            for (var quantity : quantities.entrySet()) {
                if (quantity.getValue() != 0) {
                    statement.setLong(1, quantity.getValue());
                    statement.setString(2, quantity.getKey());
                    statement.addBatch();
                }
            }
            statement.executeBatch();
        }
    }

    private static Product locked(Connection connection, String sku) throws SQLException {
        return one(connection, "select %s from products where sku = ? for no key update", sku);
    }

    private static Product one(Connection connection, String sql, Object... arguments) throws SQLException {
        return Sql.first(connection, sql.formatted(COLUMNS), ProductStore::product, arguments)
                .orElseThrow(() -> Problem.notFound("There is no product of this sku."));
    }

    private static Product product(ResultSet row) throws SQLException {
        return new Product(
                row.getString("sku"),
                row.getString("name"),
                row.getLong("price_cents"),
                row.getLong("stock"),
                row.getLong("version"));
    }
}
