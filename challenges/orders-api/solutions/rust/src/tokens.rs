//! Tokens: JWT (RFC 7519) of the one kind that is issued here, signed with HS256.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

use crate::{body::Object, signing::Key};

#[derive(Clone)]
pub struct Tokens(Key);

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// Extensions that have to be understood; here are none.
    crit: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
pub struct Claims {
    pub sub: String,
    pub role: String,
    /// In seconds since 1970, perhaps with a fraction.
    exp: f64,
    nbf: Option<f64>,
}

impl Tokens {
    pub fn new(secret: &str) -> Self {
        Self(Key::new(secret.as_bytes()))
    }

    /// The claims of a valid token. Why another one is refused is nobody's business.
    pub fn verify(&self, token: &str) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        if !self.0.has_signed(signed.as_bytes(), &signature) {
            return None;
        }
        let header: Header = decode(header)?;
        let claims: Claims = decode(claims)?;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()?
            .as_secs_f64();
        let is_valid = header.alg == "HS256"
            && header.crit.is_none()
            && now < claims.exp
            && claims.nbf.is_none_or(|begin| begin <= now);
        is_valid.then_some(claims)
    }
}

fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    let Object(value) = serde_json::from_slice(&json).ok()?;
    Some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const LATER: u64 = 32_503_680_000;

    fn token(secret: &str, header: &Value, claims: &Value) -> String {
        let [header, claims] =
            [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = Key::new(secret.as_bytes()).sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    #[test]
    fn a_whole_token_of_the_secret_is_taken() {
        let claims = json!({"sub": "me", "role": "admin", "exp": LATER, "iat": 1});
        let token = token("secret", &json!({"alg": "HS256", "typ": "JWT"}), &claims);
        let claims = Tokens::new("secret").verify(&token).unwrap();
        assert_eq!((&*claims.sub, &*claims.role), ("me", "admin"));
    }

    #[test]
    fn no_other_is() {
        let hs256 = json!({"alg": "HS256"});
        let valid = json!({"sub": "me", "role": "admin", "exp": LATER});
        let tokens = [
            token("other", &hs256, &valid),
            token("secret", &json!({"alg": "HS512"}), &valid),
            token("secret", &json!({"alg": "none"}), &valid),
            token("secret", &json!({"alg": "HS256", "crit": ["b64"]}), &valid),
            token(
                "secret",
                &hs256,
                &json!({"sub": "me", "role": "admin", "exp": 1}),
            ),
            token(
                "secret",
                &hs256,
                &json!({"sub": "me", "role": "admin", "exp": LATER, "nbf": LATER}),
            ),
            token(
                "secret",
                &hs256,
                &json!({"sub": "me", "role": "admin", "exp": "3000-01-01"}),
            ),
            token("secret", &hs256, &json!({"sub": "me", "role": "admin"})),
            token("secret", &hs256, &json!({"sub": "me", "exp": LATER})),
            token("secret", &hs256, &json!({"role": "admin", "exp": LATER})),
            token("secret", &hs256, &json!(["me", "admin", LATER, null])),
            "a.b.c".to_owned(),
            String::new(),
        ];
        for token in tokens {
            assert!(Tokens::new("secret").verify(&token).is_none(), "{token}");
        }
    }
}
