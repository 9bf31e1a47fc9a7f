//! `differential`: the same random requests to the submission and to a reference, whose answers must
//! be alike.
//!
//! A difference that does not come again with other identities is nobody's to lose; one that does is
//! shown with as few requests as still make it.

mod shrink;
mod traffic;
mod trial;

use challenge_spec::model::Differential;
use probe::expression::{RenderError, Scope};
use report::model::{Comparison, Evidence};

use super::{Place, blame};
use crate::{finish, session::Session, verdict::StepEnd};
use shrink::shrink;
use trial::{Bench, Difference, Ended, Spent};

/// How often a difference is looked for again before it counts as gone.
const AGAIN: u32 = 3;
/// How many requests are shown, the last ones.
const SHOWN: usize = 12;

/// Counts trials, and the time that they take.
struct Trials<'a> {
    bench: &'a Bench<'a>,
    made: u32,
    spent: Spent,
}

impl Trials<'_> {
    async fn next(&mut self, calls: &[traffic::Call]) -> Ended {
        let number = self.made;
        self.made += 1;
        self.bench.trial(calls, number, &mut self.spent).await
    }
}

pub(super) async fn run(
    session: &Session<'_>,
    step: &Differential,
    scope: &Scope,
    place: &Place,
) -> StepEnd {
    let sandbox = match session.reference(&step.against).await {
        Ok(sandbox) => sandbox,
        Err(reason) => return StepEnd::errored(format!("step {place}: {reason}")),
    };
    let reference = session.beside(&*sandbox);
    let bench = Bench {
        subject: session,
        reference: &reference,
        step,
        scope,
        place,
    };
    let mut trials = Trials {
        bench: &bench,
        made: 0,
        spent: Spent::default(),
    };
    let mut sent = 0;
    for round in 0..step.times {
        let calls = match chosen(&bench, round) {
            Ok(calls) => calls,
            Err(error) => return blame(place, &error.captures, &error),
        };
        sent += calls.len();
        match trials.next(&calls).await {
            Ended::Alike => {}
            Ended::TooSlow(end) | Ended::Otherwise(end) => return end,
            Ended::Differ(found) => return confirm(&mut trials, &calls, found).await,
        }
    }
    let times = step.times;
    let note = format!(
        "step {place}: {sent} requests in {times} trials were answered as {} answers them",
        step.against
    );
    StepEnd::Held(vec![Evidence::Note(note)])
}

/// The calls of a round, which follow from the run's seed.
fn chosen(bench: &Bench<'_>, round: u32) -> Result<Vec<traffic::Call>, RenderError> {
    let draw = |key: &str, bound: u64| {
        let key = format!("differential {} {round} {key}", bench.place);
        let highest = bound.saturating_sub(1);
        let drawn = bench
            .scope
            .render_str(&format!("{{{{ int('{key}', 0, {highest}) }}}}"))?;
        Ok(drawn.as_u64().unwrap_or_default())
    };
    traffic::choose(bench.step, bench.scope, &draw)
}

/// Sees whether a difference comes again, and makes its series of requests short.
async fn confirm(trials: &mut Trials<'_>, calls: &[traffic::Call], first: Difference) -> StepEnd {
    let before = first.sent.len();
    let mut calls = shrink::until(calls, first.call);
    let mut again = None;
    for _ in 0..AGAIN {
        // Each has the time of a check for itself: an app is not made slow by being asked again, and one
        // that becomes slow does not get away with it.
        trials.spent = Spent::default();
        match trials.next(&calls).await {
            Ended::Alike => {}
            Ended::TooSlow(end) | Ended::Otherwise(end) => return end,
            Ended::Differ(found) => {
                calls = shrink::until(&calls, found.call);
                again = Some(found);
                break;
            }
        }
    }
    let against = &trials.bench.step.against;
    let Some(again) = again else {
        let evidence = shown(trials, &first, before);
        return StepEnd::Inconclusive {
            reason: format!(
                "once it answered unlike {against}, and {AGAIN} times in a row it did not: {}",
                in_words(&first)
            ),
            evidence: vec![evidence],
        };
    };
    trials.spent = Spent::default();
    let found = shrink(trials, calls, again).await;
    StepEnd::Failed {
        reason: format!("it answers unlike {against}: {}", in_words(&found)),
        evidence: vec![shown(trials, &found, before)],
    }
}

fn in_words(found: &Difference) -> String {
    let Some(last) = found.sent.last() else {
        return String::new();
    };
    let request = &last.subject.request;
    let nth = match found.sent.len() {
        1 => "the first request".to_owned(),
        more => format!("request {more}"),
    };
    let what = format!("{nth}, {} {}: ", request.method, request.target);
    finish::differs(&what, &found.mismatches)
}

fn shown(trials: &Trials<'_>, found: &Difference, before: usize) -> Evidence {
    let omitted = found.sent.len().saturating_sub(SHOWN);
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Evidence::Comparison(Box::new(Comparison {
        step: trials.bench.place.to_string(),
        against: trials.bench.step.against.clone(),
        trials: trials.made,
        requests_before: count(before),
        requests: count(found.sent.len()),
        mismatches: found.mismatches.clone(),
        exchanges_omitted: count(omitted),
        exchanges: found.sent[omitted..].to_vec(),
    }))
}
