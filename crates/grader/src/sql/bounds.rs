//! How much of a query's rows is read.

use serde_json::Value;

use super::{RowSet, Stop};

/// How many rows; a check that needs more should count them in SQL.
pub(super) const MOST_ROWS: usize = 1_000;
/// How much, all rows together, as JSON.
pub(super) const MOST_BYTES: usize = 1024 * 1024;

/// Rows as they come.
#[derive(Debug, Default)]
pub(super) struct Reading {
    rows: Vec<Value>,
    bytes: usize,
    cut: bool,
}

impl Reading {
    /// Takes one row of this size; whether it wants more.
    pub(super) fn take(&mut self, row: Value, bytes: usize) -> Result<bool, Stop> {
        if self.rows.len() == MOST_ROWS {
            self.cut = true;
            return Ok(false);
        }
        self.bytes += bytes;
        if self.bytes > MOST_BYTES {
            return Err(Stop::TooLarge);
        }
        self.rows.push(row);
        Ok(true)
    }

    pub(super) fn end(self) -> RowSet {
        RowSet {
            rows: self.rows,
            cut: self.cut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_beyond_the_bound_are_not_kept_and_said_to_be_there() {
        let mut reading = Reading::default();
        for _ in 0..MOST_ROWS {
            assert!(reading.take(Value::Null, 4).unwrap());
        }
        assert!(!reading.take(Value::Null, 4).unwrap());
        let rows = reading.end();
        assert_eq!((rows.rows.len(), rows.cut), (MOST_ROWS, true));
    }

    #[test]
    fn bytes_are_counted_over_all_rows() {
        let mut reading = Reading::default();
        assert!(reading.take(Value::Null, MOST_BYTES).unwrap());
        let error = reading.take(Value::Null, 1).unwrap_err();
        assert!(matches!(error, Stop::TooLarge));
    }
}
