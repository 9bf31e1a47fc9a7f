//! Whether what a query names is stored, or made up when it is read.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use sqlx::{AssertSqlSafe, MySqlConnection, Row as _, mysql::MySqlRow};

use crate::sql::Stop;

const VIEWS: &str = "select table_name from information_schema.tables \
    where table_schema = ? and table_type = 'VIEW' and table_name in ";
const COMPUTED: &str = "select table_name, column_name from information_schema.columns \
    where table_schema = ? and extra like '%VIRTUAL%' and table_name in ";

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"`(?:[^`]|``)+`|[\p{Alphabetic}\p{N}_$]+").expect("a constant that the tests use")
});
/// Every column, but not `count(*)`.
static ALL_COLUMNS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:\bselect|\bdistinct|\ball|,|\.)\s*\*")
        .expect("a constant that the tests use")
});

/// Refuses a query that names a view, or a column that is computed when it is read.
pub(super) async fn check(
    connection: &mut MySqlConnection,
    database: &str,
    query: &str,
) -> Result<(), Stop> {
    let names = names(query);
    if names.is_empty() {
        return Ok(());
    }
    if let Some(view) = ask(connection, VIEWS, database, &names).await?.first() {
        return Err(Stop::NotStored(view.try_get(0)?, "it is a view"));
    }
    let all = ALL_COLUMNS.is_match(query);
    for computed in ask(connection, COMPUTED, database, &names).await? {
        let (table, column): (String, String) = (computed.try_get(0)?, computed.try_get(1)?);
        let named = names.iter().any(|name| name.eq_ignore_ascii_case(&column));
        if all || named {
            let why = "it is a column that is computed when it is read";
            return Err(Stop::NotStored(format!("{table}.{column}"), why));
        }
    }
    Ok(())
}

async fn ask(
    connection: &mut MySqlConnection,
    text: &str,
    database: &str,
    names: &BTreeSet<String>,
) -> Result<Vec<MySqlRow>, sqlx::Error> {
    let places = vec!["?"; names.len()].join(", ");
    // Not injectable: the text is ours, and the names are bound.
    let asked = sqlx::query(AssertSqlSafe(format!("{text}({places})"))).persistent(false);
    let asked = names
        .iter()
        .fold(asked.bind(database), sqlx::query::Query::bind);
    asked.fetch_all(connection).await
}

/// Everything in a query that may be a name; what else is among it is the name of nothing.
fn names(query: &str) -> BTreeSet<String> {
    let found = NAME.find_iter(query).map(|name| name.as_str());
    found
        .map(|name| match name.strip_prefix('`') {
            Some(quoted) => quoted.trim_end_matches('`').replace("``", "`"),
            None => name.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_query_is_found() {
        let query = "select o.`the total`, count(*) from orders o join shop.`a``b` on größe=$1";
        let names = names(query);
        for name in ["orders", "o", "the total", "shop", "a`b", "größe"] {
            assert!(names.contains(name), "{name}: {names:?}");
        }
    }

    #[test]
    fn all_columns_are_told_from_all_rows_and_from_a_product() {
        for query in ["select *", "SELECT DISTINCT *", "select a, *", "select o.*"] {
            assert!(ALL_COLUMNS.is_match(query), "{query}");
        }
        for query in ["select count(*)", "select a * b", "select 2*3"] {
            assert!(!ALL_COLUMNS.is_match(query), "{query}");
        }
    }
}
