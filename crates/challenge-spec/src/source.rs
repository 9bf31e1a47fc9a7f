//! Reads a file of ours: bounded, and as UTF-8.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use crate::problem::{Problem, Problems};

/// The most bytes that a challenge's own text files may have.
pub(crate) const MOST_BYTES: u64 = 1024 * 1024;

/// Why a file was not read.
#[derive(Debug)]
pub(crate) enum Unread {
    Missing,
    Io(io::Error),
    TooLarge,
    /// It is no UTF-8.
    Text(Problems),
}

/// The whole text of a file; `name` is what people are shown.
pub(crate) fn read(path: &Path, name: &str, most: u64) -> Result<String, Unread> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Unread::Missing,
        _ => Unread::Io(error),
    })?;
    let mut bytes = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(Unread::Io)?;
    if bytes.len() as u64 > most {
        return Err(Unread::TooLarge);
    }
    decode(name, bytes)
}

/// The same of a file whose bytes are there already.
pub(crate) fn text(name: &str, bytes: Vec<u8>) -> Result<String, Unread> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Unread::TooLarge);
    }
    decode(name, bytes)
}

fn decode(name: &str, bytes: Vec<u8>) -> Result<String, Unread> {
    String::from_utf8(bytes).map_err(|error| Unread::Text(not_utf8(name, &error)))
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Problems {
    let place = error.utf8_error().valid_up_to();
    let bytes = error.as_bytes();
    let byte = bytes.get(place).copied().unwrap_or_default();
    // The valid part before the byte is the same in both texts, so the place holds.
    let text = String::from_utf8_lossy(bytes);
    let problem = Problem {
        message: format!("the byte {byte:#04x} is not UTF-8"),
        label: "here".to_owned(),
        span: place..place + char::REPLACEMENT_CHARACTER.len_utf8(),
        help: Some("save the file as UTF-8".to_owned()),
        also: None,
    };
    Problems::new(name, &text, vec![problem])
}
