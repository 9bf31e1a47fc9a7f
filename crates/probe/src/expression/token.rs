//! JSON Web Tokens (RFC 7519), made for requests; never verified here.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::{Sha256, Sha512};

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Hs256,
    Hs512,
    /// Not at all: what an app must refuse.
    Unsigned,
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "HS256" => Some(Self::Hs256),
            "HS512" => Some(Self::Hs512),
            "none" => Some(Self::Unsigned),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs512 => "HS512",
            Self::Unsigned => "none",
        }
    }
}

/// The compact form. `iat` is `now` and `exp` is `now + ttl`, both in unix seconds, unless the
/// claims have them.
pub(super) fn sign(
    mut claims: Map<String, Value>,
    secret: &[u8],
    algorithm: Algorithm,
    now: i64,
    ttl: i64,
) -> String {
    claims.entry("iat").or_insert_with(|| json!(now));
    claims
        .entry("exp")
        .or_insert_with(|| json!(now.saturating_add(ttl)));
    let header = json!({ "alg": algorithm.name(), "typ": "JWT" });
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(Value::Object(claims).to_string()),
    );
    let signature = match algorithm {
        Algorithm::Hs256 => hmac::<Hmac<Sha256>>(secret, signed.as_bytes()),
        Algorithm::Hs512 => hmac::<Hmac<Sha512>>(secret, signed.as_bytes()),
        Algorithm::Unsigned => Vec::new(),
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// In lower-case hexadecimal digits.
pub(super) fn hmac_sha256_hex(secret: &[u8], text: &[u8]) -> String {
    hmac::<Hmac<Sha256>>(secret, text)
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}

fn hmac<M: Mac + KeyInit>(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn hmac_is_that_of_the_rfc() {
        assert_eq!(
            hmac_sha256_hex(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn claims_keep_their_own_times() {
        let claims = json!({ "sub": "u", "exp": 5 });
        let Value::Object(claims) = claims else {
            unreachable!()
        };
        let token = sign(claims, b"s", Algorithm::Unsigned, 100, 60);
        let parts: Vec<_> = token.split('.').collect();
        let read = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        assert_eq!(read(parts[0]), r#"{"alg":"none","typ":"JWT"}"#);
        assert_eq!(read(parts[1]), r#"{"sub":"u","exp":5,"iat":100}"#);
        assert_eq!(parts[2], "");
    }

    /// Made with another implementation: `openssl dgst -sha256 -hmac s` over the first two parts.
    #[test]
    fn signatures_are_those_of_openssl() {
        let sign = |algorithm| sign(Map::new(), b"s", algorithm, 1, 1);
        assert_eq!(
            sign(Algorithm::Hs256),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjEsImV4cCI6Mn0.7RVSrSzQdCtuDhK1r8SUy81WWodvN7ZR-KKh98mc2Sw"
        );
        assert_eq!(
            sign(Algorithm::Hs512),
            "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjEsImV4cCI6Mn0.yeHskfI-wOq1Lbyae_KX6W6qNzLmPedHc69gJch_aJpWG4QMXEnb3TRHcuxjupzO7MrkHPkxMkvwv5LM4Rpa6Q"
        );
    }
}
