//! HMAC-SHA256, which tokens are signed with, and cursors too.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    pub fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("a key may have any length"))
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signed = self.0.clone().chain_update(message);
        signed.finalize().into_bytes().to_vec()
    }

    /// Compares in constant time.
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let signed = self.0.clone().chain_update(message);
        signed.verify_slice(signature).is_ok()
    }
}
