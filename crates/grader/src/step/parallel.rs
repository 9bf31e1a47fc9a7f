//! `parallel`: many requests written at one moment.

mod tally;

use challenge_spec::model::Parallel;
use probe::{
    burst::UnderWay,
    evidence,
    exchange::Exchanged,
    expectation::{Expectation, Judged},
    expression::Scope,
    request,
};
use report::model::{Burst, Evidence, Trouble};
use serde_json::{Value, json};

use super::{Place, blame, trouble};
use crate::{finish, session::Session, verdict::StepEnd};

/// How many exchanges stand in the evidence.
const SAMPLES: usize = 4;

pub(super) async fn run(
    session: &Session<'_>,
    parallel: &Parallel,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    let prepared = match Prepared::of(session, parallel, scope, place) {
        Ok(prepared) => prepared,
        Err(end) => return end,
    };
    match prepared.set_off(session, place).await {
        Ok(under_way) => {
            let answered = answered(session, under_way).await;
            prepared.judged(session, answered, scope, place).await
        }
        Err(end) => end,
    }
}

/// What came of all requests, and where some were late, why that is not the submission's doing, if it is not.
pub(super) struct Answered {
    answers: Vec<Exchanged>,
    excuse: Option<String>,
}

/// Reads the answers. What keeps them is asked about when they have come, whatever else is still being done.
pub(super) async fn answered(session: &Session<'_>, under_way: UnderWay<'_>) -> Answered {
    let answers = under_way.answers().await;
    let only_late = troubles(&answers).all(|trouble| matches!(trouble, Trouble::TimedOut(_)));
    let excuse = match troubles(&answers).next() {
        Some(first) if only_late => trouble::excuse(session, first).await,
        _ => None,
    };
    Answered { answers, excuse }
}

fn troubles(answers: &[Exchanged]) -> impl Iterator<Item = &Trouble> {
    answers.iter().filter_map(|answer| answer.trouble.as_ref())
}

/// What is sent, and what must come of it.
pub(super) struct Prepared<'a> {
    step: &'a Parallel,
    requests: Vec<request::Prepared>,
    expectations: Vec<Expectation>,
}

impl<'a> Prepared<'a> {
    pub(super) fn of(
        session: &Session<'_>,
        step: &'a Parallel,
        scope: &Scope,
        place: &Place,
    ) -> Result<Self, StepEnd> {
        let mut requests = Vec::new();
        let mut expectations = Vec::new();
        for index in 0..step.times {
            let scope = scope.with_index(index);
            let prepared = request::prepare(&step.request, &scope, session.client.host());
            requests.push(prepared.map_err(|error| blame(place, &error.captures, &error))?);
            let expectation = Expectation::new(&step.request.expect, &scope);
            expectations.push(expectation.map_err(|error| blame(place, &error.captures, &error))?);
        }
        Ok(Self {
            step,
            requests,
            expectations,
        })
    }

    /// Comes back at the moment of sending.
    pub(super) async fn set_off(
        &self,
        session: &Session<'_>,
        place: &Place,
    ) -> Result<UnderWay<'_>, StepEnd> {
        let deadline = self.step.request.timeout;
        let deadline = deadline.unwrap_or(session.file.limits.request);
        let deadline = deadline.get();
        session.look_before(deadline).await;
        let client = &session.client;
        let under_way = client.set_off(&self.requests, deadline).await;
        under_way
            .map_err(|error| StepEnd::errored(format!("step {place}: {}", finish::chain(&error))))
    }

    pub(super) async fn judged(
        &self,
        session: &Session<'_>,
        answered: Answered,
        scope: &mut Scope,
        place: &Place,
    ) -> StepEnd {
        let parallel = self.step;
        let answers = answered.answers.as_slice();
        for (answer, number) in answers.iter().zip(1..) {
            let step = format!("{place}, request {number}");
            session.ledger.lock().await.keep(&step, answer);
        }
        let tally = match tally::judge(&parallel.tally, answers, scope) {
            Ok(tally) => tally,
            Err(error) => return blame(place, &error.captures, &error),
        };
        // An answer that is not whole counts as trouble: where the tally allows that, it is no mismatch.
        let allows_trouble = parallel.tally.contains_key(tally::TROUBLE);
        let judged: Vec<Judged> = self
            .expectations
            .iter()
            .zip(answers)
            .map(|(expectation, answer)| {
                if answer.trouble.is_some() && allows_trouble {
                    Judged::default()
                } else {
                    expectation.judge(answer)
                }
            })
            .collect();
        let burst = shown(session, scope, place, answers, &judged, tally);
        let fine = burst.mismatches.is_empty() && judged.iter().all(Judged::holds);
        let evidence = vec![Evidence::Burst(Box::new(burst.clone()))];
        if fine && (allows_trouble || answers.iter().all(|answer| answer.trouble.is_none())) {
            if let Some(name) = &parallel.capture {
                scope.capture(name, captured(answers));
            }
            return StepEnd::Held(evidence);
        }
        // What is wrong is wrong, whoever had the cores while others were late.
        let is_wrong = answers
            .iter()
            .zip(&judged)
            .any(|(answer, judged)| answer.trouble.is_none() && !judged.holds());
        let is_told = match answered.excuse {
            Some(_) => !is_wrong,
            None => !allows_trouble,
        };
        if let Some(first) = troubles(answers).next().filter(|_| is_told) {
            let what = format!("{} of {}", troubles(answers).count(), what(&burst));
            let trouble = (first, answered.excuse);
            return trouble::end_with(session, place, &what, trouble, evidence).await;
        }
        StepEnd::Failed {
            reason: differs(&burst),
            evidence,
        }
    }
}

fn what(burst: &Burst) -> String {
    format!("{} requests at one moment", burst.times)
}

fn differs(burst: &Burst) -> String {
    let mismatches = match burst.mismatches.as_slice() {
        [] => burst
            .samples
            .first()
            .map_or(&[][..], |sample| &sample.mismatches),
        mismatches => mismatches,
    };
    finish::differs(&format!("{}: ", what(burst)), mismatches)
}

fn shown(
    session: &Session<'_>,
    scope: &Scope,
    place: &Place,
    answers: &[Exchanged],
    judged: &[Judged],
    tally: tally::Tally,
) -> Burst {
    let secrets = session.secrets(scope);
    let mut order: Vec<usize> = (0..answers.len()).collect();
    // Those that differ first, then those without a whole answer.
    order.sort_by_key(|index| match &answers[*index].trouble {
        None if !judged[*index].holds() => 0,
        Some(_) => 1,
        None => 2,
    });
    Burst {
        step: place.to_string(),
        times: u32::try_from(answers.len()).unwrap_or(u32::MAX),
        tally: tally.lines,
        mismatches: tally.mismatches,
        samples: order
            .into_iter()
            .take(SAMPLES)
            .map(|index| {
                let step = format!("{place}, request {}", index + 1);
                evidence::exchange(&step, &answers[index], &judged[index], &secrets)
            })
            .collect(),
    }
}

/// `[{ status, json }]`; both null where no whole answer came.
fn captured(answers: &[Exchanged]) -> Value {
    answers
        .iter()
        .map(|answer| match answer.whole() {
            Some(received) => json!({
                "status": received.status.as_u16(),
                "json": serde_json::from_slice::<Value>(&received.body).unwrap_or_default(),
            }),
            None => json!({ "status": null, "json": null }),
        })
        .collect()
}
