//! A `report.json` read back.

use serde::Deserialize;
use thiserror::Error;

use crate::model::{Report, SCHEMA_VERSION};

/// Why a text is no report that can be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The text is no JSON object with a version.
    #[error("this is no report: {NO_VERSION}")]
    NoReport {
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A later version of the format than is known here.
    #[error(
        "this report has format version {found}, written by {writer}; this program reads up to \
         version {SCHEMA_VERSION}: use a newer tryout"
    )]
    Newer {
        /// The version that it has.
        found: u32,
        /// What wrote it.
        writer: String,
    },
    /// A version of the format that is no longer, or never was, read.
    #[error(
        "this report has format version {found}, written by {writer}; this program reads version \
         {SCHEMA_VERSION}: grade again, or use the tryout that wrote it"
    )]
    Older {
        /// The version that it has.
        found: u32,
        /// What wrote it.
        writer: String,
    },
    /// The version is known, but a field is not as the format says.
    #[error("this report, written by {writer}, is not as its format says at `{at}`")]
    Field {
        /// Where: `checks[2].outcome`.
        at: String,
        /// What wrote it.
        writer: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

const NO_VERSION: &str = "it is not a JSON object with a `schema_version`";

/// As much of any version as tells which it is.
#[derive(Deserialize)]
struct Envelope {
    schema_version: u32,
    tool: Option<Writer>,
}

#[derive(Deserialize)]
struct Writer {
    name: String,
    version: String,
}

impl Report {
    /// Reads what [`Report::to_json`] wrote.
    ///
    /// # Errors
    /// The text is no report, of a version that is not known, or a field is not as it should be.
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        let envelope: Envelope =
            serde_json::from_str(text).map_err(|source| ReadError::NoReport { source })?;
        let found = envelope.schema_version;
        let writer = envelope.tool.map_or_else(
            || "an unknown program".to_owned(),
            |tool| {
                let name = format!("{} {}", tool.name, tool.version);
                crate::neutral::brief(&name, 80)
            },
        );
        if found > SCHEMA_VERSION {
            return Err(ReadError::Newer { found, writer });
        }
        if found < SCHEMA_VERSION {
            return Err(ReadError::Older { found, writer });
        }
        let mut json = serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize(&mut json).map_err(|error| ReadError::Field {
            at: error.path().to_string(),
            writer,
            source: error.into_inner(),
        })
    }
}
