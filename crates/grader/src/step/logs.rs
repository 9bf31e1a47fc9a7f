//! `logs`: the lines that the submission printed since the check began.

mod look;

use std::time::Duration;

use challenge_spec::{matcher::Matcher, model::Logs};
use probe::{
    expectation::{ExpectationError, matcher},
    expression::Scope,
};
use report::model::{Evidence, Printed};
use tokio::time::{Instant, sleep_until, timeout};

use super::{Place, blame};
use crate::{finish, session::Session, verdict::StepEnd};
use look::Look;

/// For the engine to give what was printed, which is bounded; an engine that takes longer is ours.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between the first two looks, and at most between any two.
const SOON: Duration = Duration::from_millis(50);
const LATER: Duration = Duration::from_millis(800);

/// What is looked for, its templates rendered.
struct Wanted {
    which: Option<Matcher>,
    count: Option<Matcher>,
    json: Option<Matcher>,
}

impl Wanted {
    fn new(logs: &Logs, scope: &Scope) -> Result<Self, ExpectationError> {
        let read = |expected: &Option<_>| expected.as_ref().map(|one| matcher(one, scope));
        Ok(Self {
            which: read(&logs.which).transpose()?,
            count: read(&logs.count).transpose()?,
            json: read(&logs.json).transpose()?,
        })
    }
}

pub(super) async fn run(
    session: &Session<'_>,
    logs: &Logs,
    scope: &Scope,
    place: &Place,
) -> StepEnd {
    let wanted = match Wanted::new(logs, scope) {
        Ok(wanted) => wanted,
        Err(error) => return blame(place, &error.captures, &error),
    };
    let mark = session.ledger.lock().await.mark.clone();
    let deadline = Instant::now() + logs.within.get();
    let mut pause = SOON;
    loop {
        let printed = match timeout(PATIENCE, session.sandbox.app_lines(&mark)).await {
            Ok(Ok(printed)) => printed,
            Ok(Err(error)) => {
                return StepEnd::errored(format!("step {place}: {}", finish::chain(&error)));
            }
            Err(_) => {
                return StepEnd::errored(format!(
                    "step {place}: the engine did not give the submission's log within {} s",
                    PATIENCE.as_secs()
                ));
            }
        };
        let look = Look::through(&printed, &wanted);
        let next = Instant::now() + pause;
        if look.holds() || next >= deadline {
            return end(session, scope, place, look);
        }
        sleep_until(next).await;
        pause = (pause * 2).min(LATER);
    }
}

fn end(session: &Session<'_>, scope: &Scope, place: &Place, look: Look) -> StepEnd {
    let holds = look.holds();
    let printed = look.shown(place, &session.secrets(scope));
    let reason = reason(&printed);
    let evidence = vec![Evidence::Printed(Box::new(printed))];
    if holds {
        StepEnd::Held(evidence)
    } else {
        StepEnd::Failed { reason, evidence }
    }
}

fn reason(printed: &Printed) -> String {
    let before = format!("the log ({} lines since the check began): ", printed.seen);
    let of_lines = || {
        let mut lines = printed.lines.iter().map(|line| &line.mismatches);
        lines.find(|found| !found.is_empty())
    };
    match printed.mismatches.as_slice() {
        [] => finish::differs(&before, of_lines().map_or(&[][..], Vec::as_slice)),
        found => finish::differs(&before, found),
    }
}
