//! The digests by which a certificate tells that it was edited.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Certificate, markdown};

/// The field that the others are sealed by.
const SEAL: &str = "content_digest";

/// The certificate with both digests, and its text for people.
pub(super) fn sealed(mut certificate: Certificate) -> (Certificate, String) {
    let text = markdown::render(&certificate);
    certificate.markdown_digest = digest(text.as_bytes());
    certificate.content_digest = String::new();
    let value = serde_json::to_value(&certificate).expect("a certificate has text keys only");
    certificate.content_digest = of_content(&value);
    (certificate, text)
}

/// Of all fields but the seal, as they stand: a field that a later version adds is sealed too.
pub(super) fn of_content(certificate: &Value) -> String {
    let mut certificate = certificate.clone();
    if let Some(fields) = certificate.as_object_mut() {
        fields.shift_remove(SEAL);
    }
    digest(certificate.to_string().as_bytes())
}

pub(super) fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex = digest
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    format!("sha256:{hex}")
}
