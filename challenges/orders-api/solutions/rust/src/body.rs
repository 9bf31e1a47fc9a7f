//! The JSON of requests, read to the letter.

use std::{fmt, marker::PhantomData};

use axum::{
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::error::Problem;

pub const MAX_BYTES: usize = 1 << 20;

/// A request's body: a JSON object, of whatever content type it says to be.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let text =
            String::from_request(request, state)
                .await
                .map_err(|rejection| match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                        StatusCode::PAYLOAD_TOO_LARGE,
                        format!("The body may have {MAX_BYTES} bytes."),
                    ),
                    _ => not_json(),
                })?;
        read(&text).map(Self)
    }
}

/// Looks first whether it is JSON to its end: serde would tell of the first mistake, and a wrong
/// value may stand before a missing bracket.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return Err(not_json());
    }
    let mut json = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize(&mut json) {
        Ok(Object(value)) => Ok(value),
        Err(error) => Err(Problem::invalid(format!("In the body, {error}."))),
    }
}

fn not_json() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "The body is not JSON.")
}

/// An object and nothing else: serde would fill a struct from a list as well.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

/// For a field that may be missing, but not be null.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    field: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Integer;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Example {
        #[serde(default, deserialize_with = "given")]
        text: Option<String>,
        number: Integer<-10, 10>,
    }

    #[test]
    fn what_keeps_the_rules_is_taken() {
        let example: Example =
            read(r#" {"number": -10, "text": "\ud83d\ude00 \\ud800"} "#).unwrap();
        assert_eq!(example.number.get(), -10);
        assert_eq!(example.text.unwrap(), "😀 \\ud800");
        assert!(read::<Example>(r#"{"number": 1}"#).unwrap().text.is_none());
    }

    #[test]
    fn what_is_not_json_is_400() {
        for body in [
            "",
            "{",
            "number=1",
            r#"{"number": 1,}"#,
            r#"{"number": 1} {}"#,
            r#"{"number": "1", "#,
        ] {
            assert_eq!(read::<Example>(body).unwrap_err().status(), 400, "{body}");
        }
    }

    #[test]
    fn what_breaks_a_rule_is_422() {
        for body in [
            "null",
            "[]",
            r#"["text", 1]"#,
            "{}",
            r#"{"number": null}"#,
            r#"{"number": "1"}"#,
            r#"{"number": 1.5}"#,
            r#"{"number": 11}"#,
            r#"{"number": 100000000000000000000}"#,
            r#"{"number": 1e400}"#,
            r#"{"Number": 1}"#,
            r#"{"number": 1, "number": 1}"#,
            r#"{"number": 1, "more": 1}"#,
            r#"{"number": 1, "text": null}"#,
            r#"{"number": 1, "text": "\ud800"}"#,
        ] {
            assert_eq!(read::<Example>(body).unwrap_err().status(), 422, "{body}");
        }
    }
}
