//! Lists, page by page.

use serde::Deserialize;

use crate::{query::written, values::Integer};

const USUAL_LIMIT: i64 = 20;

/// The parameters that all lists have.
#[derive(Deserialize)]
pub struct Paging {
    #[serde(default, deserialize_with = "written")]
    limit: Option<Integer<1, 100>>,
    pub cursor: Option<String>,
}

impl Paging {
    /// How many rows to read: one more than a page shows tells whether there is a next page.
    pub fn rows(&self) -> i64 {
        self.limit() + 1
    }

    /// Leaves a page of the rows that were read, and gives its last one if there is a next page.
    pub fn cut<'a, T>(&self, rows: &'a mut Vec<T>) -> Option<&'a T> {
        let limit = usize::try_from(self.limit()).unwrap_or(usize::MAX);
        let is_more = rows.len() > limit;
        rows.truncate(limit);
        rows.last().filter(|_| is_more)
    }

    fn limit(&self) -> i64 {
        self.limit.map_or(USUAL_LIMIT, Integer::get)
    }
}
