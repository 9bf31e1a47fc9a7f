//! A value of MariaDB as JSON, in the same words as PostgreSQL's `row_to_json`.

use std::fmt::Write as _;

use serde_json::{Number, Value};
use sqlx::{
    MySql, Row as _, Type, TypeInfo as _, ValueRef as _,
    mysql::{MySqlRow, types::MySqlTime},
    types::chrono::{NaiveDate, NaiveDateTime},
};

/// One column of a row. MariaDB's `boolean` is a number, its `json` a text.
pub(super) fn of(row: &MySqlRow, column: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(column)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    // A name that ends in BINARY or BLOB may also be that of a text which is compared by its bytes.
    if <str as Type<MySql>>::compatible(&raw.type_info()) {
        return Ok(row.try_get_unchecked::<String, _>(column)?.into());
    }
    let kind = raw.type_info().name().to_owned();
    Ok(match kind.as_str() {
        "BOOLEAN" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" => {
            row.try_get_unchecked::<i64, _>(column)?.into()
        }
        "YEAR" | "BIT" => row.try_get_unchecked::<u64, _>(column)?.into(),
        unsigned if unsigned.ends_with("UNSIGNED") => {
            row.try_get_unchecked::<u64, _>(column)?.into()
        }
        "FLOAT" => shortest(row.try_get_unchecked(column)?),
        "DOUBLE" => row.try_get_unchecked::<f64, _>(column)?.into(),
        "DECIMAL" => decimal(row.try_get_unchecked::<String, _>(column)?),
        "DATE" => row
            .try_get_unchecked::<NaiveDate, _>(column)?
            .to_string()
            .into(),
        "DATETIME" => moment(row.try_get_unchecked(column)?).into(),
        "TIMESTAMP" => (moment(row.try_get_unchecked(column)?) + "+00:00").into(),
        "TIME" => row
            .try_get_unchecked::<MySqlTime, _>(column)?
            .to_string()
            .into(),
        "GEOMETRY" => hexadecimal(row.try_get_unchecked(column)?).into(),
        binary if binary.ends_with("BINARY") || binary.ends_with("BLOB") => {
            hexadecimal(row.try_get_unchecked(column)?).into()
        }
        _ => row.try_get_unchecked::<String, _>(column)?.into(),
    })
}

/// Of a float no more digits than it has.
fn shortest(value: f32) -> Value {
    value
        .to_string()
        .parse::<f64>()
        .map_or(Value::Null, Value::from)
}

/// A whole number where it is one: `sum` of whole numbers is a decimal too.
fn decimal(text: String) -> Value {
    text.parse::<Number>()
        .map_or(Value::String(text), Value::Number)
}

/// As PostgreSQL writes a timestamp in JSON, with no more of a fraction than there is.
fn moment(value: NaiveDateTime) -> String {
    let text = value.format("%Y-%m-%dT%H:%M:%S%.6f").to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(r"\x".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_as_from_postgresql() {
        assert_eq!(decimal("12".to_owned()), json!(12));
        assert_eq!(decimal("12.50".to_owned()), json!(12.5));
        assert_eq!(shortest(0.1), json!(0.1));
        assert_eq!(hexadecimal(&[0, 255]), r"\x00ff");
        let at = |micros| {
            let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
            moment(day.and_hms_micro_opt(10, 0, 0, micros).unwrap())
        };
        assert_eq!(at(0), "2026-11-24T10:00:00");
        assert_eq!(at(120_000), "2026-11-24T10:00:00.12");
    }
}
