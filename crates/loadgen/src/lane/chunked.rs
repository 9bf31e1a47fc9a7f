//! The chunked framing of a body (RFC 9112, 7.1), byte by byte where it must be and otherwise whole.

use crate::trouble::Trouble;

/// How long trailers and the extensions of a chunk may be.
const LONGEST_LINES: usize = 16 * 1024;

/// Where in the framing a body is.
#[derive(Debug)]
pub(crate) struct Chunked {
    place: Place,
    /// Of lines that carry no data.
    line_bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a size, with so many digits read.
    Size {
        size: u64,
        digits: u8,
    },
    /// After a size, to the end of its line.
    Extension {
        size: u64,
    },
    /// Before the line feed that ends a size.
    SizeEnd {
        size: u64,
    },
    Data {
        left: u64,
    },
    /// After data: a carriage return, then a line feed.
    DataEnd {
        returned: bool,
    },
    /// In trailers; whether the line is empty as yet.
    Trailer {
        empty: bool,
    },
    Done,
}

const START: Place = Place::Size { size: 0, digits: 0 };

impl Chunked {
    pub(crate) fn new() -> Self {
        Self {
            place: START,
            line_bytes: 0,
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.place == Place::Done
    }

    /// Takes what it can of `bytes`: how much that was, and hands on data.
    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        mut data: impl FnMut(&[u8]),
    ) -> Result<usize, Trouble> {
        let mut taken = 0;
        while let Some(&byte) = bytes.get(taken) {
            match self.place {
                Place::Done => break,
                Place::Data { left } => {
                    let there = bytes.len() - taken;
                    let now = usize::try_from(left).map_or(there, |left| left.min(there));
                    data(&bytes[taken..taken + now]);
                    taken += now;
                    self.place = match left - now as u64 {
                        0 => Place::DataEnd { returned: false },
                        left => Place::Data { left },
                    };
                }
                _ => {
                    self.place = self.step(byte)?;
                    taken += 1;
                }
            }
        }
        Ok(taken)
    }

    fn step(&mut self, byte: u8) -> Result<Place, Trouble> {
        self.line_bytes += 1;
        if self.line_bytes > LONGEST_LINES {
            return Err(Trouble::TooLarge);
        }
        Ok(match (self.place, byte) {
            (Place::Size { size, digits }, _) if byte.is_ascii_hexdigit() => {
                if digits == 15 {
                    return Err(Trouble::BadAnswer);
                }
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                Place::Size {
                    size: size * 16 + u64::from(digit),
                    digits: digits + 1,
                }
            }
            (Place::Size { digits: 0, .. }, _) => return Err(Trouble::BadAnswer),
            (Place::Size { size, .. } | Place::Extension { size }, b'\r') => {
                Place::SizeEnd { size }
            }
            (Place::Size { size, .. }, b';' | b' ' | b'\t') => Place::Extension { size },
            (Place::Extension { size }, _) if byte != b'\n' => Place::Extension { size },
            (Place::SizeEnd { size }, b'\n') => self.after_size(size),
            (Place::DataEnd { returned: false }, b'\r') => Place::DataEnd { returned: true },
            (Place::DataEnd { returned: true }, b'\n') => START,
            (Place::Trailer { empty }, b'\r') => Place::Trailer { empty },
            (Place::Trailer { empty: true }, b'\n') => Place::Done,
            (Place::Trailer { empty: false }, b'\n') => Place::Trailer { empty: true },
            (Place::Trailer { .. }, _) => Place::Trailer { empty: false },
            _ => return Err(Trouble::BadAnswer),
        })
    }

    fn after_size(&mut self, size: u64) -> Place {
        if size == 0 {
            return Place::Trailer { empty: true };
        }
        // Trailers are bounded together, extensions by chunk.
        self.line_bytes = 0;
        Place::Data { left: size }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(parts: &[&[u8]]) -> Result<(Vec<u8>, bool, usize), Trouble> {
        let mut chunked = Chunked::new();
        let mut data = Vec::new();
        let mut taken = 0;
        for part in parts {
            taken += chunked.feed(part, |bytes| data.extend_from_slice(bytes))?;
        }
        Ok((data, chunked.is_done(), taken))
    }

    const WHOLE: &[u8] = b"4;a=b\r\nWiki\r\nA \r\npedia in c\r\n0\r\nX: y\r\n\r\n";

    #[test]
    fn data_comes_without_its_framing() {
        let (data, done, taken) = read(&[WHOLE, b"more"]).unwrap();
        assert_eq!(data, b"Wikipedia in c");
        assert!(done);
        assert_eq!(taken, WHOLE.len());
    }

    #[test]
    fn what_is_no_framing_is_told() {
        for wrong in [
            &b"x\r\n"[..],
            b"\r\n",
            b"3\r\nabcd\r\n",
            b"3\nabc\r\n",
            b"ffffffffffffffff\r\n",
        ] {
            assert_eq!(read(&[wrong]).unwrap_err(), Trouble::BadAnswer, "{wrong:?}");
        }
    }

    #[test]
    fn lines_without_end_are_not_read_without_end() {
        let endless = vec![b'x'; LONGEST_LINES + 1];
        assert_eq!(read(&[b"3;", &endless]).unwrap_err(), Trouble::TooLarge);
        assert_eq!(read(&[b"0\r\n", &endless]).unwrap_err(), Trouble::TooLarge);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_reads_end(cuts in proptest::collection::vec(0..WHOLE.len(), 0..6)) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            let mut parts = Vec::new();
            let mut from = 0;
            for cut in cuts {
                parts.push(&WHOLE[from..cut]);
                from = cut;
            }
            parts.push(&WHOLE[from..]);
            prop_assert_eq!(read(&parts).unwrap(), (b"Wikipedia in c".to_vec(), true, WHOLE.len()));
        }

        #[test]
        fn anything_ends(bytes: Vec<u8>) {
            let _ = read(&[&bytes]);
        }
    }
}
