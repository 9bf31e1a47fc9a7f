use std::path::{Path, PathBuf};

use super::{Certificate, JSON, MARKDOWN, seal};
use crate::write::{WriteError, write_files};

/// Seals a certificate and writes both of its files into a challenge's folder; their paths.
///
/// # Errors
/// A file cannot be written; it is as it was before then.
pub fn write(dir: &Path, certificate: Certificate) -> Result<Vec<PathBuf>, WriteError> {
    let (certificate, text) = seal::sealed(certificate);
    let json =
        serde_json::to_string_pretty(&certificate).expect("a certificate has text keys only");
    let files = [(JSON, format!("{json}\n")), (MARKDOWN, text)];
    write_files(dir, files.map(|(name, text)| (dir.join(name), text)).into())
}
