//! A plan that was run, as `EXPLAIN (ANALYZE, FORMAT JSON)` gives it, and what is counted from it.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

/// How deep a plan is followed, and how many of its nodes are looked at.
const DEEPEST: usize = 100;
const MOST: usize = 2_000;

/// What a plan came to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    /// Names of indexes, each once, in the order of the plan.
    indexes: Vec<String>,
    read: f64,
    scanned: f64,
    sorted: f64,
    /// Its nodes for people, each on a line.
    pub(super) lines: Vec<String>,
}

impl Plan {
    /// None where it is no plan.
    pub(super) fn read(explained: &Value) -> Option<Self> {
        let root = explained.get(0)?.get("Plan")?.as_object()?;
        let mut plan = Self::default();
        plan.node(root, 0);
        Some(plan)
    }

    /// What a key of the step's `expect` is about.
    pub(super) fn value(&self, key: &str) -> Value {
        match key {
            "indexes" => json!(self.indexes),
            "rows_read" => whole(self.read),
            "rows_scanned" => whole(self.scanned),
            "rows_sorted" => whole(self.sorted),
            _ => Value::Null,
        }
    }

    fn node(&mut self, node: &Map<String, Value>, depth: usize) {
        if depth > DEEPEST || self.lines.len() >= MOST {
            return;
        }
        let text = |key: &str| node.get(key).and_then(Value::as_str);
        let number = |key: &str| node.get(key).and_then(Value::as_f64).unwrap_or(0.0);
        let kind = text("Node Type").unwrap_or("?");
        let times = number("Actual Loops");
        let gave = number("Actual Rows") * times;
        // What came from a table or an index, of use or not; of a bitmap, what its index gave is read
        // once more from the table, and counts there.
        let refused = ["Rows Removed by Filter", "Rows Removed by Index Recheck"];
        let refused: f64 = refused.iter().map(|key| number(key) * times).sum();
        if kind.contains("Scan")
            && kind != "Bitmap Index Scan"
            && node.contains_key("Relation Name")
        {
            self.read += gave + refused;
            if kind == "Seq Scan" || kind == "Sample Scan" {
                self.scanned += gave + refused;
            }
        }
        if let Some(index) = text("Index Name")
            && !self.indexes.iter().any(|known| known == index)
        {
            self.indexes.push(index.to_owned());
        }
        let children = node.get("Plans").and_then(Value::as_array);
        let children: Vec<_> = children
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .collect();
        if kind == "Sort" || kind == "Incremental Sort" {
            self.sorted += children.first().map_or(0.0, |child| {
                let number = |key: &str| child.get(key).and_then(Value::as_f64).unwrap_or(0.0);
                number("Actual Rows") * number("Actual Loops")
            });
        }
        let mut line = format!("{}{kind}", "  ".repeat(depth));
        for (before, key) in [
            (" using ", "Index Name"),
            (" on ", "Relation Name"),
            (": ", "Index Cond"),
            (", filter ", "Filter"),
        ] {
            if let Some(value) = text(key) {
                line.push_str(before);
                line.push_str(value);
            }
        }
        let (gave, refused) = (whole(gave), whole(refused));
        let in_vain = if refused == json!(0) {
            String::new()
        } else {
            format!(", {refused} more read in vain")
        };
        let _ = write!(line, " ({gave} rows{in_vain})");
        self.lines.push(line);
        for child in children {
            self.node(child, depth + 1);
        }
    }
}

/// From PostgreSQL 18 on, rows are an average over loops with digits behind the point.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "no plan reads less than no row, or 2^53"
)]
fn whole(rows: f64) -> Value {
    json!(rows.round().max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_where_they_were_read() {
        let explained = json!([{ "Plan": {
            "Node Type": "Limit", "Actual Rows": 20, "Actual Loops": 1, "Plans": [{
                "Node Type": "Sort", "Actual Rows": 20, "Actual Loops": 1, "Plans": [{
                    "Node Type": "Nested Loop", "Actual Rows": 500, "Actual Loops": 1, "Plans": [
                        { "Node Type": "Seq Scan", "Relation Name": "orders", "Filter": "(customer = 'a')",
                          "Actual Rows": 50, "Actual Loops": 1, "Rows Removed by Filter": 950 },
                        { "Node Type": "Bitmap Heap Scan", "Relation Name": "items",
                          "Actual Rows": 10, "Actual Loops": 50, "Plans": [
                            { "Node Type": "Bitmap Index Scan", "Index Name": "items_by_order",
                              "Actual Rows": 10, "Actual Loops": 50 },
                        ] },
                        { "Node Type": "Index Scan", "Index Name": "items_by_order", "Relation Name": "items",
                          "Actual Rows": 0, "Actual Loops": 50, "Rows Removed by Filter": 2 },
                    ],
                }],
            }],
        } }]);
        let plan = Plan::read(&explained).unwrap();
        assert_eq!(plan.value("indexes"), json!(["items_by_order"]));
        assert_eq!(plan.value("rows_scanned"), json!(1000));
        assert_eq!(plan.value("rows_read"), json!(1000 + 500 + 100));
        assert_eq!(plan.value("rows_sorted"), json!(500));
        assert_eq!(
            plan.lines[3],
            "      Seq Scan on orders, filter (customer = 'a') (50 rows, 950 more read in vain)"
        );
        assert_eq!(Plan::read(&json!([])), None);
    }
}
