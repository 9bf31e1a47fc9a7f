//! What an answer must be. A fast wrong answer is an error.

use std::{fmt, sync::Arc, time::Duration};

use http::HeaderMap;

use crate::trouble::Trouble;

/// What an answer must be. Status and length are looked at in every answer, the matcher in a sample.
#[derive(Debug, Clone, Default)]
pub struct Expectation {
    /// Which statuses are right.
    pub status: Statuses,
    /// How many bytes its body has; anything goes where none is given. The framing of every answer
    /// is checked in any case: a body that ends early is no whole answer.
    pub length: Option<u64>,
    /// What a closer look asks.
    pub matcher: Option<Matcher>,
}

/// Which statuses are right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Statuses {
    /// Those below 400.
    #[default]
    NoError,
    /// All.
    Any,
    /// These.
    OneOf(Vec<u16>),
}

impl Statuses {
    fn contains(&self, status: u16) -> bool {
        match self {
            Self::NoError => status < 400,
            Self::Any => true,
            Self::OneOf(statuses) => statuses.contains(&status),
        }
    }
}

type Judge = dyn Fn(&Answer<'_>) -> bool + Send + Sync;

/// A closer look at a sample of the answers, also at those of a wrong status or length, which stay wrong
/// whatever it says. It runs on the engine's own threads: what it costs is seen in
/// the audit, and beyond what an answer may cost it is the server's doing.
#[derive(Clone)]
pub struct Matcher {
    judge: Arc<Judge>,
    /// The share of answers that are looked at, between 0 and 1; which ones is decided by the seed.
    pub sample: f64,
    /// How much of a body is kept for the look; a longer one is [`Trouble::TooLarge`].
    pub body_limit: usize,
}

impl Matcher {
    /// Looks at all answers with bodies of at most 1 MiB.
    pub fn new(judge: impl Fn(&Answer<'_>) -> bool + Send + Sync + 'static) -> Self {
        Self {
            judge: Arc::new(judge),
            sample: 1.0,
            body_limit: 1 << 20,
        }
    }

    /// The same for a share of the answers.
    #[must_use]
    pub fn of_a_sample(mut self, share: f64) -> Self {
        self.sample = share;
        self
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matcher")
            .field("sample", &self.sample)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}

/// An answer as a matcher sees it.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Of the status line.
    pub status: u16,
    /// In the order received.
    pub headers: &'a HeaderMap,
    /// The whole body, as sent: a content encoding is not undone.
    pub body: &'a [u8],
}

/// A whole answer, as far as it was kept.
#[derive(Debug, Default)]
pub(crate) struct Whole {
    pub(crate) status: u16,
    pub(crate) length: u64,
    pub(crate) kept: Option<Kept>,
    /// What it has cost to be read so far.
    pub(crate) cost: Duration,
}

/// What is kept for a closer look.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) limit: usize,
}

impl Kept {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Keeps more of the body, up to the limit and a byte, which says that there was more.
    pub(crate) fn keep(&mut self, more: &[u8]) {
        let room = (self.limit + 1).saturating_sub(self.body.len());
        self.body.extend_from_slice(&more[..more.len().min(room)]);
    }
}

impl Expectation {
    pub(crate) fn judge(&self, whole: &Whole) -> Result<(), Trouble> {
        let fault = if !self.status.contains(whole.status) {
            Some(Trouble::WrongStatus)
        } else if self.length.is_some_and(|length| length != whole.length) {
            Some(Trouble::WrongLength)
        } else {
            None
        };
        let looked = self.look(whole);
        fault.map_or(looked, Err)
    }

    fn look(&self, whole: &Whole) -> Result<(), Trouble> {
        let (Some(matcher), Some(kept)) = (&self.matcher, &whole.kept) else {
            return Ok(());
        };
        if kept.body.len() > kept.limit {
            return Err(Trouble::TooLarge);
        }
        let answer = Answer {
            status: whole.status,
            headers: &kept.headers,
            body: &kept.body,
        };
        if (matcher.judge)(&answer) {
            Ok(())
        } else if self.status == Statuses::Any && whole.status >= 400 {
            Err(Trouble::WrongStatus)
        } else {
            Err(Trouble::WrongAnswer)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(status: u16, body: &[u8]) -> Whole {
        let mut kept = Kept::new(4);
        kept.keep(body);
        Whole {
            status,
            length: body.len() as u64,
            kept: Some(kept),
            cost: Duration::ZERO,
        }
    }

    #[test]
    fn wrong_answers_are_told_apart() {
        let expectation = Expectation {
            status: Statuses::OneOf(vec![200]),
            length: Some(2),
            matcher: Some(Matcher::new(|answer| answer.body == b"ok")),
        };
        assert_eq!(expectation.judge(&whole(200, b"ok")), Ok(()));
        assert_eq!(
            expectation.judge(&whole(500, b"ok")),
            Err(Trouble::WrongStatus)
        );
        assert_eq!(
            expectation.judge(&whole(200, b"okay")),
            Err(Trouble::WrongLength)
        );
        assert_eq!(
            expectation.judge(&whole(200, b"no")),
            Err(Trouble::WrongAnswer)
        );
    }

    #[test]
    fn where_any_status_will_do_an_error_that_is_not_what_is_asked_is_one() {
        let expectation = Expectation {
            status: Statuses::Any,
            length: None,
            matcher: Some(Matcher::new(|answer| answer.body == b"ok")),
        };
        let judged = |status, body: &[u8]| expectation.judge(&whole(status, body));
        assert_eq!(judged(503, b"ok"), Ok(()));
        assert_eq!(judged(503, b"no"), Err(Trouble::WrongStatus));
        assert_eq!(judged(200, b"no"), Err(Trouble::WrongAnswer));
    }

    #[test]
    fn the_closer_look_sees_what_is_wrong_already() {
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let sees = seen.clone();
        let expectation = Expectation {
            status: Statuses::OneOf(vec![200]),
            length: Some(2),
            matcher: Some(Matcher::new(move |answer| {
                sees.lock().unwrap().push(answer.status);
                true
            })),
        };
        let wrong = [whole(500, b"ok"), whole(200, b"no!"), whole(200, b"ok")];
        let judged = wrong.map(|whole| expectation.judge(&whole));
        assert_eq!(
            judged,
            [Err(Trouble::WrongStatus), Err(Trouble::WrongLength), Ok(())]
        );
        assert_eq!(*seen.lock().unwrap(), [500, 200, 200]);
    }

    #[test]
    fn no_more_of_a_body_is_kept_than_is_looked_at() {
        let expectation = Expectation {
            matcher: Some(Matcher::new(|_| true)),
            ..Expectation::default()
        };
        let long = whole(200, &[b'x'; 1000]);
        assert_eq!(long.kept.as_ref().unwrap().body.len(), 5);
        assert_eq!(expectation.judge(&long), Err(Trouble::TooLarge));
        assert_eq!(expectation.judge(&whole(200, b"four")), Ok(()));
    }
}
