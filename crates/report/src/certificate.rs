//! The certificate of a challenge: that each of its checks was seen to pass and to fail, with what.
//!
//! It lies in the challenge's folder as `certificate.json`, for programs, and `certificate.md`, for
//! people. Both together are sealed by digests inside the first. That tells an accident and a slip of an
//! editor; it is no signature: whoever writes the files can write the digests too.

mod markdown;
mod model;
mod seal;
mod state;
mod store;

pub use model::{
    CERTIFICATE_VERSION, Certificate, CertifiedCheck, CertifiedRow, Equivalent, Mutation,
};
pub use state::{CertificateError, Certification, certification, read};
pub use store::write;

/// The certificate's files in a challenge's folder; the challenge's digest leaves them out.
pub const CERTIFICATE_FILES: [&str; 2] = [JSON, MARKDOWN];

/// For programs.
const JSON: &str = "certificate.json";
/// For people.
const MARKDOWN: &str = "certificate.md";
