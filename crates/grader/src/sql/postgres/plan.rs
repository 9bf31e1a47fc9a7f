//! How PostgreSQL runs a query: what it says by `EXPLAIN`
//! (<https://www.postgresql.org/docs/17/sql-explain.html>).

use serde_json::Value;

use super::push_arguments;

/// What the database's owner may have set for all sessions and would have the server read a table otherwise
/// than it can; and rows that several processes read are told to the nearest for each of them.
const AS_IT_CAN: &str = "set local enable_seqscan = on; set local enable_sort = on; set local max_parallel_workers_per_gather = 0; ";

/// The text that asks for the plan of a query as it was run with these values.
pub(in super::super) fn explaining(query: &str, args: &[Value]) -> String {
    let query = query.trim().trim_end_matches(';');
    let mut text = format!(
        "begin read only; {AS_IT_CAN}prepare tryout as\n{query}\n; \
         explain (analyze, timing off, summary off, format json) execute tryout"
    );
    push_arguments(&mut text, args);
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::explaining;

    #[test]
    fn the_query_is_run_with_its_values() {
        let text = explaining("select 1 where $1 > 0 -- why;", &[json!(2)]);
        assert!(text.contains("\nselect 1 where $1 > 0 -- why\n;"), "{text}");
        assert!(text.ends_with("execute tryout(E'2')"));
    }
}
