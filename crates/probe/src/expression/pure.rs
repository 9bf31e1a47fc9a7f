//! The functions whose values do not depend on the seed.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, SecondsFormat, Utc};
use minijinja::{
    Environment, Error, ErrorKind,
    value::{Kwargs, Rest, Value, ValueOrKwargs, from_args},
};
use serde_json::Value as Json;

use super::{
    json,
    token::{self, Algorithm},
};

/// Tokens that templates made: a report must not show them.
pub(super) type Tokens = Arc<Mutex<Vec<String>>>;

pub(super) fn install(environment: &mut Environment<'static>, tokens: &Tokens) {
    let tokens = Arc::clone(tokens);
    environment.add_function("jwt", move |args: Rest<ValueOrKwargs>| {
        let token = jwt(args)?;
        let mut tokens = tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if !tokens.contains(&token) {
            tokens.push(token.clone());
        }
        Ok::<_, Error>(token)
    });
    environment.add_function("base64url", |text: &str| URL_SAFE_NO_PAD.encode(text));
    environment.add_function("hmac_sha256_hex", |secret: &str, text: &str| {
        token::hmac_sha256_hex(secret.as_bytes(), text.as_bytes())
    });
    environment.add_function("now", || Utc::now().timestamp());
    environment.add_function("iso", iso);
}

/// `jwt(claims, secret, alg='HS256', ttl=3600)`; the last two also by place.
fn jwt(args: Rest<ValueOrKwargs>) -> Result<String, Error> {
    let args = args.into_values();
    let (places, named): (&[Value], Kwargs) = from_args(&args)?;
    let (claims, secret, alg, ttl): (Value, &str, Option<&str>, Option<i64>) = from_args(places)?;
    let alg = match alg {
        Some(alg) => Some(alg),
        None => named.get::<Option<&str>>("alg")?,
    };
    let ttl = match ttl {
        Some(ttl) => Some(ttl),
        None => named.get::<Option<i64>>("ttl")?,
    };
    named.assert_all_used()?;
    let alg = alg.unwrap_or("HS256");
    let algorithm = Algorithm::named(alg)
        .ok_or_else(|| invalid(format!("`{alg}` is none of HS256, HS512 and none")))?;
    let claims = match json::json(&claims) {
        Ok(Json::Object(claims)) => claims,
        Ok(_) => return Err(invalid("the claims of a token are an object")),
        Err(reason) => return Err(invalid(format!("the claims of a token: {reason}"))),
    };
    let now = Utc::now().timestamp();
    Ok(token::sign(
        claims,
        secret.as_bytes(),
        algorithm,
        now,
        ttl.unwrap_or(3600),
    ))
}

fn iso(seconds: i64) -> Result<String, Error> {
    DateTime::from_timestamp(seconds, 0)
        .map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
        .ok_or_else(|| invalid(format!("{seconds} seconds are beyond the calendar")))
}

fn invalid(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail.into())
}
