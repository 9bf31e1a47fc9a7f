//! An answer of HTTP/1 while it comes in: its head by httparse, its body counted and not kept.

use std::mem::MaybeUninit;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::chunked::Chunked;
use crate::{
    expectation::{Kept, Whole},
    trouble::Trouble,
};

/// How long a head may be.
const LONGEST_HEAD: usize = 128 * 1024;

/// How many headers an answer may have.
const MOST_HEADERS: usize = 256;

/// How many there usually are at most; more are read in a second try.
const USUAL_HEADERS: usize = 32;

/// An answer while it comes in.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    /// What has come of a head that is not whole.
    head: Vec<u8>,
    framing: Option<Framing>,
    whole: Whole,
    head_only: bool,
    keep_alive: bool,
    /// Whether anything has come.
    begun: bool,
}

#[derive(Debug)]
enum Framing {
    Length { left: u64 },
    Chunked(Chunked),
    UntilClosed,
}

/// Whether an answer is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    More,
    /// Whole; whether the connection can carry another request.
    Done {
        reusable: bool,
    },
}

/// What matters of a head.
struct Head {
    length: usize,
    status: u16,
    framing: Framing,
    keep_alive: bool,
}

impl Incoming {
    /// Makes ready for the next answer.
    pub(crate) fn begin(&mut self, head_only: bool, kept: Option<Kept>) {
        self.head.clear();
        self.framing = None;
        self.whole = Whole {
            kept,
            ..Whole::default()
        };
        self.head_only = head_only;
        self.keep_alive = false;
        self.begun = false;
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.begun
    }

    pub(crate) fn take(&mut self) -> Whole {
        std::mem::take(&mut self.whole)
    }

    /// Takes what has been read.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<Progress, Trouble> {
        self.begun = true;
        if self.framing.is_some() {
            return self.body(bytes);
        }
        if self.head.is_empty() {
            // Nearly always the whole head is there.
            return self.look_for_head(bytes);
        }
        self.head.extend_from_slice(bytes);
        // Nothing is parsed before there is an end to be found, or slow heads would cost much.
        let from = self.head.len() - bytes.len();
        let look = &self.head[from.saturating_sub(3)..];
        let ends = look.windows(2).any(|pair| pair == b"\n\n")
            || look.windows(3).any(|three| three == b"\n\r\n");
        if !ends {
            return self.bounded();
        }
        let head = std::mem::take(&mut self.head);
        self.look_for_head(&head)
    }

    /// The connection has ended.
    pub(crate) fn ended(&self) -> Result<Progress, Trouble> {
        if matches!(self.framing, Some(Framing::UntilClosed)) {
            Ok(Progress::Done { reusable: false })
        } else {
            Err(Trouble::ClosedEarly)
        }
    }

    fn bounded(&self) -> Result<Progress, Trouble> {
        if self.head.len() > LONGEST_HEAD {
            return Err(Trouble::TooLarge);
        }
        Ok(Progress::More)
    }

    /// Reads a head and what is there of its body; keeps what is there of a head that is not whole.
    fn look_for_head(&mut self, bytes: &[u8]) -> Result<Progress, Trouble> {
        let mut rest = bytes;
        while self.framing.is_none() {
            let Some(after) = self.try_head(rest)? else {
                self.head = rest.to_vec();
                return self.bounded();
            };
            rest = &rest[after..];
            if self.framing.is_none() && rest.is_empty() {
                // An interim answer alone.
                return Ok(Progress::More);
            }
        }
        self.body(rest)
    }

    /// Reads a head, where it is whole; how long it was.
    fn try_head(&mut self, bytes: &[u8]) -> Result<Option<usize>, Trouble> {
        let mut headers = [const { MaybeUninit::uninit() }; USUAL_HEADERS];
        let head = match self.parse(bytes, &mut headers) {
            Err(httparse::Error::TooManyHeaders) => {
                let mut headers = [const { MaybeUninit::uninit() }; MOST_HEADERS];
                self.parse(bytes, &mut headers)
            }
            parsed => parsed,
        };
        let head = head.map_err(|error| match error {
            httparse::Error::TooManyHeaders => Trouble::TooLarge,
            _ => Trouble::BadAnswer,
        })?;
        let Some(head) = head else { return Ok(None) };
        if head.length > LONGEST_HEAD {
            return Err(Trouble::TooLarge);
        }
        // Interim answers (RFC 9110, 15.2) are passed over; nobody asked for another protocol.
        match head.status {
            101 => return Err(Trouble::BadAnswer),
            100..=199 => {
                if let Some(kept) = &mut self.whole.kept {
                    kept.headers.clear();
                }
                return Ok(Some(head.length));
            }
            _ => {}
        }
        self.whole.status = head.status;
        self.keep_alive = head.keep_alive;
        let without_body = self.head_only || matches!(head.status, 204 | 304);
        self.framing = Some(if without_body {
            Framing::Length { left: 0 }
        } else {
            head.framing
        });
        Ok(Some(head.length))
    }

    fn parse<'b>(
        &mut self,
        bytes: &'b [u8],
        headers: &mut [MaybeUninit<httparse::Header<'b>>],
    ) -> Result<Option<Head>, httparse::Error> {
        let mut response = httparse::Response::new(&mut []);
        let parsed = httparse::ParserConfig::default().parse_response_with_uninit_headers(
            &mut response,
            bytes,
            headers,
        )?;
        let httparse::Status::Complete(length) = parsed else {
            return Ok(None);
        };
        let mut said = Said {
            keep_alive: response.version == Some(1),
            ..Said::default()
        };
        for header in response.headers.iter() {
            said.hear(header)?;
        }
        if let Some(kept) = &mut self.whole.kept {
            kept.headers = header_map(response.headers);
        }
        Ok(Some(Head {
            length,
            status: response.code.unwrap_or_default(),
            keep_alive: said.keep_alive,
            framing: match (said.chunked, said.length) {
                (true, _) => Framing::Chunked(Chunked::new()),
                (false, Some(left)) => Framing::Length { left },
                (false, None) => Framing::UntilClosed,
            },
        }))
    }

    fn body(&mut self, bytes: &[u8]) -> Result<Progress, Trouble> {
        let Self { framing, whole, .. } = self;
        let mut count = |data: &[u8]| {
            whole.length += data.len() as u64;
            if let Some(kept) = &mut whole.kept {
                kept.keep(data);
            }
        };
        let (taken, done) = match framing {
            None => (0, false),
            Some(Framing::UntilClosed) => {
                count(bytes);
                (bytes.len(), false)
            }
            Some(Framing::Length { left }) => {
                let now = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                count(&bytes[..now]);
                *left -= now as u64;
                (now, *left == 0)
            }
            Some(Framing::Chunked(chunked)) => {
                let taken = chunked.feed(bytes, count)?;
                (taken, chunked.is_done())
            }
        };
        if !done {
            return Ok(Progress::More);
        }
        if taken < bytes.len() {
            // Nobody asked for more: its length was wrong.
            return Err(Trouble::BadAnswer);
        }
        Ok(Progress::Done {
            reusable: self.keep_alive,
        })
    }
}

/// What headers say of framing and connection.
#[derive(Default)]
struct Said {
    keep_alive: bool,
    chunked: bool,
    length: Option<u64>,
}

impl Said {
    fn hear(&mut self, header: &httparse::Header<'_>) -> Result<(), httparse::Error> {
        // By length first: most headers are of no interest.
        match header.name.len() {
            14 if header.name.eq_ignore_ascii_case("content-length") => {
                let value = std::str::from_utf8(header.value).ok().map(str::trim);
                let length = value
                    .filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()))
                    .and_then(|value| value.parse().ok())
                    .ok_or(httparse::Error::HeaderValue)?;
                if self.length.is_some_and(|before| before != length) {
                    return Err(httparse::Error::HeaderValue);
                }
                self.length = Some(length);
            }
            17 if header.name.eq_ignore_ascii_case("transfer-encoding") => {
                self.chunked = mentions(header.value, b"chunked");
            }
            10 if header.name.eq_ignore_ascii_case("connection") => {
                if mentions(header.value, b"close") {
                    self.keep_alive = false;
                } else if mentions(header.value, b"keep-alive") {
                    self.keep_alive = true;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn mentions(list: &[u8], word: &[u8]) -> bool {
    list.split(|byte| *byte == b',')
        .any(|item| item.trim_ascii().eq_ignore_ascii_case(word))
}

fn header_map(headers: &[httparse::Header<'_>]) -> HeaderMap {
    headers
        .iter()
        .filter_map(|header| {
            let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
            let value = HeaderValue::from_bytes(header.value).ok()?;
            Some((name, value))
        })
        .fold(HeaderMap::new(), |mut map, (name, value)| {
            map.append(name, value);
            map
        })
}

#[cfg(test)]
mod tests;
