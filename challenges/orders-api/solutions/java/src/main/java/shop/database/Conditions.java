package shop.database;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a query's rows have to be like, with the arguments of its placeholders. */
public final class Conditions {
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> arguments = new ArrayList<>();

    public void add(String condition, Object... values) {
        conditions.add(condition);
        Collections.addAll(arguments, values);
    }

    /** Adds the condition if there is a value to compare with. */
    public void addIfGiven(String condition, Object value) {
        if (value != null) {
            add(condition, value);
        }
    }

    /** The clause, or nothing where there is no condition. */
    public String where() {
        return conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
    }

    /** The arguments, followed by those of what comes behind the clause. */
    public Object[] argumentsAnd(Object... more) {
        var all = new ArrayList<>(arguments);
        Collections.addAll(all, more);
        return all.toArray();
    }
}
