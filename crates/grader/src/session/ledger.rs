//! What is kept of a check while it runs, for the steps that look back.

use std::sync::Arc;

use challenge_spec::model::{Check, Step};
use probe::exchange::Exchanged;
use runner::{LogMark, RunnerError, Sandbox};

/// How many exchanges are kept, and how many bytes of bodies.
const EXCHANGES: usize = 2_000;
const BYTES: usize = 64 * 1024 * 1024;

/// Only what some step of the check asks for.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Where the submission's output ended when the check began.
    pub(crate) mark: LogMark,
    keeps_exchanges: bool,
    bytes: usize,
    exchanges: Vec<Kept>,
    left_out: u64,
}

/// An exchange, and the step that made it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) step: String,
    pub(crate) exchanged: Arc<Exchanged>,
}

impl Ledger {
    pub(super) async fn begin(check: &Check, sandbox: &dyn Sandbox) -> Result<Self, RunnerError> {
        let mut ledger = Self {
            keeps_exchanges: check.has(&|step| matches!(step, Step::OpenApi(_))),
            ..Self::default()
        };
        if check.has(&|step| matches!(step, Step::Logs(_))) {
            ledger.mark = sandbox.log_mark().await?;
        }
        Ok(ledger)
    }

    /// Keeps an exchange, as far as there is room.
    pub(crate) fn keep(&mut self, step: &str, exchanged: &Exchanged) {
        if !self.keeps_exchanges {
            return;
        }
        let answer = exchanged
            .answer
            .as_ref()
            .map_or(0, |answer| answer.body.len());
        self.bytes += exchanged.request.body.len() + answer;
        if self.exchanges.len() >= EXCHANGES || self.bytes > BYTES {
            self.left_out += 1;
            return;
        }
        self.exchanges.push(Kept {
            step: step.to_owned(),
            exchanged: Arc::new(exchanged.clone()),
        });
    }

    /// What was kept so far, and how many exchanges there was no room for.
    pub(crate) fn exchanges(&self) -> (Vec<Kept>, u64) {
        (self.exchanges.clone(), self.left_out)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use probe::request::Prepared;

    use super::*;

    #[test]
    fn exchanges_are_kept_as_far_as_there_is_room() {
        let exchanged = |size: usize| Exchanged {
            request: Prepared {
                method: http::Method::POST,
                target: http::Uri::from_static("/"),
                headers: http::HeaderMap::new(),
                body: vec![0; size].into(),
            },
            answer: None,
            trouble: None,
            started_at: chrono::Utc::now(),
            duration: Duration::ZERO,
        };
        let mut ledger = Ledger::default();
        ledger.keep("1", &exchanged(1));
        assert_eq!(ledger.exchanges().0.len(), 0);
        ledger.keeps_exchanges = true;
        ledger.keep("1", &exchanged(BYTES));
        ledger.keep("2", &exchanged(1));
        let (kept, left_out) = ledger.exchanges();
        assert_eq!((kept.len(), left_out), (1, 1));
        let mut ledger = Ledger {
            keeps_exchanges: true,
            ..Ledger::default()
        };
        for _ in 0..=EXCHANGES {
            ledger.keep("1", &exchanged(1));
        }
        let (kept, left_out) = ledger.exchanges();
        assert_eq!((kept.len(), left_out), (EXCHANGES, 1));
    }
}
