//! What a tar says of an entry before the entry: names and link targets that are too long for its
//! header. The `tar` crate would read all of them, however long.

use std::io::{self, Read};

use tar::{EntryType, PaxExtensions};

use crate::snapshot::members::LONGEST_PATH;

/// The longest extended header that is read, in bytes; they carry other attributes as well.
pub(super) const LONGEST: u64 = 256 * 1024;

/// What was said of the next entry.
#[derive(Debug, Default)]
pub(super) struct Extended {
    pub(super) path: Option<Vec<u8>>,
    pub(super) target: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) has_holes: bool,
}

/// What an extended header was.
#[derive(Debug)]
pub(super) enum Heard {
    Understood,
    TooLong { limit: u64 },
    PathTooLong { begin: Vec<u8> },
}

impl Extended {
    /// Whether an entry says something of the next one only.
    pub(super) fn is_one(kind: EntryType) -> bool {
        kind.is_gnu_longname()
            || kind.is_gnu_longlink()
            || kind.is_pax_local_extensions()
            || kind.is_pax_global_extensions()
    }

    pub(super) fn hear(&mut self, kind: EntryType, content: impl Read) -> io::Result<Heard> {
        let limit = if kind.is_gnu_longname() || kind.is_gnu_longlink() {
            // With the zero that ends it.
            LONGEST_PATH as u64 + 1
        } else {
            LONGEST
        };
        let mut text = Vec::new();
        content.take(limit + 1).read_to_end(&mut text)?;
        if kind.is_gnu_longname() || kind.is_gnu_longlink() {
            if text.len() as u64 > limit {
                return Ok(Heard::PathTooLong { begin: text });
            }
            if text.last() == Some(&0) {
                text.pop();
            }
            let field = if kind.is_gnu_longname() {
                &mut self.path
            } else {
                &mut self.target
            };
            *field = Some(text);
            return Ok(Heard::Understood);
        }
        if text.len() as u64 > limit {
            return Ok(Heard::TooLong { limit });
        }
        // A global header says who packed it, and in what; entries are not renamed by one.
        if kind.is_pax_local_extensions() {
            self.read_pax(&text)?;
        }
        Ok(Heard::Understood)
    }

    fn read_pax(&mut self, text: &[u8]) -> io::Result<()> {
        for field in PaxExtensions::new(text) {
            let field = field?;
            let value = field.value_bytes();
            match field.key_bytes() {
                b"path" => self.path = Some(value.to_vec()),
                b"linkpath" => self.target = Some(value.to_vec()),
                b"size" => {
                    let number = std::str::from_utf8(value).ok().and_then(|n| n.parse().ok());
                    let number = number.ok_or_else(|| io::Error::other("a size is no number"))?;
                    self.size = Some(number);
                }
                key if key.starts_with(b"GNU.sparse.") => self.has_holes = true,
                _ => {}
            }
        }
        Ok(())
    }
}
