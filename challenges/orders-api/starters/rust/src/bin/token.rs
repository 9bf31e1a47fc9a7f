//! Makes a token to try things out with.

use std::{
    env,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

const HOUR: u64 = 60 * 60;

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [secret, sub, role] = &arguments[..] else {
        eprintln!("What is needed: the secret, whose token it is, and their role.");
        std::process::exit(2);
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs());

    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({"sub": sub, "role": role, "exp": now + HOUR});
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let signed = format!("{header}.{claims}");

    let key = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key may have any length");
    let signature = key.chain_update(&signed).finalize().into_bytes();
    println!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
}
