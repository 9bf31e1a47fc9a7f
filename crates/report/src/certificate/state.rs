use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::{CERTIFICATE_VERSION, Certificate, JSON, MARKDOWN, seal};
use crate::neutral::brief;

/// Whether a challenge was proven as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certification {
    /// It was.
    Certified {
        /// The version of `tryout` that proved it.
        version: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// Nobody says so, or not of the challenge as it is.
    NotCertified {
        /// Why not, in a few words.
        why: String,
    },
}

impl Certification {
    /// In a few words.
    pub fn sentence(&self) -> String {
        match self {
            Self::Certified { version, at } => format!(
                "certified by tryout {} on {}",
                brief(version, 40),
                at.format("%Y-%m-%d")
            ),
            Self::NotCertified { why } => format!("not certified: {}", brief(why, 200)),
        }
    }
}

/// Why the certificate in a folder cannot be believed.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// It cannot be read.
    #[error("cannot read the certificate {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is of a version that is not known here.
    #[error(
        "the certificate {} has format version {found}, and this program reads version \
         {CERTIFICATE_VERSION}: use the tryout that wrote it, or prove the challenge again with --write",
        path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// The version that it has.
        found: u64,
    },
    /// It is not as it was written.
    #[error(
        "the certificate {} was edited by hand: remove it, or prove the challenge again with \
         `tryout challenge verify --write`",
        path.display()
    )]
    Edited {
        /// Which of its files.
        path: PathBuf,
    },
}

/// The certificate in a challenge's folder; none where there is none.
///
/// # Errors
/// It cannot be read, is of another version, or was edited: also when one of its files is gone.
pub fn read(dir: &Path) -> Result<Option<Certificate>, CertificateError> {
    let (json, markdown) = (dir.join(JSON), dir.join(MARKDOWN));
    let (Some(text), shown) = (file(&json)?, file(&markdown)?) else {
        return match file(&markdown)? {
            Some(_) => Err(CertificateError::Edited { path: json }),
            None => Ok(None),
        };
    };
    let edited = |path| CertificateError::Edited { path };
    let value: Value = serde_json::from_slice(&text).map_err(|_| edited(json.clone()))?;
    let version = value.get("certificate_version").and_then(Value::as_u64);
    let version = version.ok_or_else(|| edited(json.clone()))?;
    if version != u64::from(CERTIFICATE_VERSION) {
        return Err(CertificateError::Version {
            path: json,
            found: version,
        });
    }
    let sealed = value.get("content_digest").and_then(Value::as_str);
    if sealed != Some(&seal::of_content(&value)) {
        return Err(edited(json));
    }
    let certificate: Certificate =
        serde_json::from_value(value).map_err(|_| edited(json.clone()))?;
    if seal::digest(&shown.unwrap_or_default()) != certificate.markdown_digest {
        return Err(edited(markdown));
    }
    Ok(Some(certificate))
}

/// Whether the challenge in a folder, whose files have this digest, was proven as it is.
pub fn certification(dir: &Path, digest: &str) -> Certification {
    let not = |why: &str| Certification::NotCertified {
        why: why.to_owned(),
    };
    match read(dir) {
        Ok(Some(certificate)) if certificate.challenge.digest == digest => {
            Certification::Certified {
                version: certificate.tool.version,
                at: certificate.issued_at,
            }
        }
        Ok(Some(_)) => not("the challenge changed since"),
        Ok(None) => not("there is no certificate"),
        Err(CertificateError::Edited { .. }) => not("the certificate was edited by hand"),
        Err(CertificateError::Version { .. }) => {
            not("the certificate is of another version of its format")
        }
        Err(CertificateError::Read { .. }) => not("the certificate cannot be read"),
    }
}

fn file(path: &Path) -> Result<Option<Vec<u8>>, CertificateError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(CertificateError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}
