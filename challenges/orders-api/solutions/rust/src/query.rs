//! The parameters of requests. Those that are not asked for are ignored.

use std::{fmt::Display, str::FromStr};

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use percent_encoding::percent_decode_str;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error},
};

use crate::error::Problem;

pub struct Parameters<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // What is not UTF-8 would be replaced, and PostgreSQL takes any text but U+0000.
        let given = percent_decode_str(parts.uri.query().unwrap_or_default()).decode_utf8();
        if !given.is_ok_and(|text| !text.contains('\0')) {
            return Err(Problem::invalid(
                "Parameters have to be texts in UTF-8 without U+0000.",
            ));
        }
        match Query::from_request_parts(parts, state).await {
            Ok(Query(parameters)) => Ok(Self(parameters)),
            Err(rejection) => Err(Problem::invalid(format!("{}.", rejection.body_text()))),
        }
    }
}

/// Reads a parameter that is there as its type is written.
pub fn written<'de, D, T>(parameter: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    String::deserialize(parameter)?
        .parse()
        .map(Some)
        .map_err(Error::custom)
}

/// A time with its offset, to compare with those in the database.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bound(DateTime<Utc>);

impl FromStr for Bound {
    type Err = &'static str;

    /// Of a time between two microseconds it takes the later, as the database knows none between:
    /// what is before the one is before the other.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let given = DateTime::parse_from_rfc3339(text)
            .map_err(|_| "a time such as 2026-11-24T09:10:38Z is needed")?;
        let missing = (1000 - given.nanosecond() % 1000) % 1000;
        Ok(Self(
            given.to_utc() + TimeDelta::nanoseconds(missing.into()),
        ))
    }
}

impl Bound {
    pub fn time(&self) -> &DateTime<Utc> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[derive(Deserialize)]
    struct Example {
        q: Option<String>,
        #[serde(default, deserialize_with = "written")]
        limit: Option<u8>,
    }

    async fn read(query: &str) -> Result<Example, Problem> {
        let request = Request::get(format!("/?{query}")).body(()).unwrap();
        let Parameters(example) =
            Parameters::from_request_parts(&mut request.into_parts().0, &()).await?;
        Ok(example)
    }

    #[tokio::test]
    async fn parameters_are_texts_as_they_are() {
        let example = read("q=a;b%26+%25&limit=7&colour=blue").await.unwrap();
        assert_eq!(
            (example.q.as_deref(), example.limit),
            (Some("a;b& %"), Some(7))
        );
        assert!(read("").await.unwrap().limit.is_none());
    }

    #[tokio::test]
    async fn what_breaks_a_rule_is_422() {
        for query in [
            "q=a%00b",
            "q=%ff",
            "limit=many",
            "limit=",
            "limit=1&limit=2",
        ] {
            assert_eq!(read(query).await.err().unwrap().status(), 422, "{query}");
        }
    }

    #[test]
    fn times_between_microseconds_are_the_later() {
        let bound: Bound = "2026-11-24T10:00:00.1234561+01:00".parse().unwrap();
        assert_eq!(bound, "2026-11-24T09:00:00.123457Z".parse().unwrap());
        assert!("2026-13-01T00:00:00Z".parse::<Bound>().is_err());
        assert!("2026-11-24T09:00:00".parse::<Bound>().is_err());
    }
}
