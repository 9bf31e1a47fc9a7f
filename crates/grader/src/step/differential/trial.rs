//! One trial: calls sent to both sides, answer by answer, until the first that differ.

use std::{collections::BTreeMap, time::Duration};

use challenge_spec::model::{Differential, Expect, Request};
use probe::{
    alike::Alike,
    evidence,
    exchange::Exchanged,
    expectation::{Expectation, Judged},
    expression::Scope,
    request::prepare,
};
use report::model::{Evidence, Exchange, Mismatch, PairedExchange};
use serde_json::Value;

use super::traffic::Call;
use crate::{
    finish,
    session::Session,
    step::{Place, blame, trouble},
    verdict::StepEnd,
};

/// What both sides of a step have in common.
pub(super) struct Bench<'a> {
    pub(super) subject: &'a Session<'a>,
    pub(super) reference: &'a Session<'a>,
    pub(super) step: &'a Differential,
    pub(super) scope: &'a Scope,
    pub(super) place: &'a Place,
}

/// What a trial came to.
pub(super) enum Ended {
    /// Every answer was alike.
    Alike,
    /// Two answers were not.
    Differ(Difference),
    /// The submission took more time than a check has.
    TooSlow(StepEnd),
    /// Something else ended it.
    Otherwise(StepEnd),
}

/// The first answers of a trial that differ.
#[derive(Debug, Clone)]
pub(super) struct Difference {
    /// The call's number.
    pub(super) call: u32,
    pub(super) request: usize,
    pub(super) mismatches: Vec<Mismatch>,
    /// All that was sent until then.
    pub(super) sent: Vec<PairedExchange>,
}

/// How long each side has taken, all trials together.
#[derive(Debug, Default)]
pub(super) struct Spent {
    subject: Duration,
    reference: Duration,
}

/// What one side has captured, by call and name.
type Captured = BTreeMap<(u32, String), Value>;

impl Bench<'_> {
    /// Sends calls. The trial's number gives it identities of its own.
    pub(super) async fn trial(&self, calls: &[Call], trial: u32, spent: &mut Spent) -> Ended {
        let mut alike = Alike::new(&self.step.compare);
        let mut base = self.scope.clone();
        base.set("trial", Value::from(trial));
        for (name, template) in &self.step.vars {
            match base.render(template) {
                Ok(value) => {
                    alike.know(&value);
                    base.set(name, value);
                }
                Err(error) => return otherwise(blame(self.place, &error.captures, &error)),
            }
        }
        let requests: Vec<&Request> = self.step.requests().collect();
        let (mut ours, mut theirs) = (Captured::new(), Captured::new());
        let mut sent = Vec::new();
        for call in calls {
            let (Some(our), Some(their)) =
                (scope_of(&base, call, &ours), scope_of(&base, call, &theirs))
            else {
                // What it needs was not given to either side.
                continue;
            };
            let request = requests[call.request];
            let (exchanged, counterpart) = match self.send(request, call, &our, &their).await {
                Ok(both) => both,
                Err(end) => return otherwise(end),
            };
            if let Some(end) = self.spend(spent, &exchanged, &counterpart) {
                return end;
            }
            let captured = match self.captured(request, &our, &exchanged) {
                Ok(captured) => captured,
                Err(end) => return otherwise(end),
            };
            let counted = match self.captured(request, &their, &counterpart) {
                Ok(captured) => captured,
                Err(end) => return otherwise(end),
            };
            let (Some(answer), Some(other)) = (exchanged.whole(), counterpart.whole()) else {
                return otherwise(self.broken(call, &our, &exchanged, &counterpart).await);
            };
            if other.status.is_server_error() {
                let step = format!("{}, request {}", self.place, call.number + 1);
                let what = what(&counterpart);
                let status = other.status.as_u16();
                return otherwise(StepEnd::Errored {
                    reason: format!("step {step}: the reference answered {what} with {status}"),
                    evidence: vec![self.shown(&our, call, &counterpart, Vec::new())],
                });
            }
            let operation = call.request.to_string();
            let mut mismatches = alike.compare(&operation, answer, other);
            mismatches.extend(captures_differ(&captured, &counted));
            let shown = |mismatches| PairedExchange {
                subject: self.exchange(&our, call, &exchanged, mismatches),
                reference: self.exchange(&their, call, &counterpart, Vec::new()),
            };
            if !mismatches.is_empty() {
                let last = shown(mismatches);
                let mismatches = last.subject.mismatches.clone();
                sent.push(last);
                return Ended::Differ(Difference {
                    call: call.number,
                    request: call.request,
                    mismatches,
                    sent,
                });
            }
            sent.push(shown(Vec::new()));
            let keep = |into: &mut Captured, values: Vec<(String, Value)>| {
                let values = values.into_iter();
                into.extend(values.map(|(name, value)| ((call.number, name), value)));
            };
            keep(&mut ours, captured);
            keep(&mut theirs, counted);
        }
        Ended::Alike
    }

    /// To both sides at once: each has a sandbox of its own.
    async fn send(
        &self,
        request: &Request,
        call: &Call,
        our: &Scope,
        their: &Scope,
    ) -> Result<(Exchanged, Exchanged), StepEnd> {
        let place = self.place;
        let prepared = prepare(request, our, self.subject.client.host())
            .map_err(|error| blame(place, &error.captures, &error))?;
        let counterpart =
            prepare(request, their, self.reference.client.host()).map_err(|error| {
                StepEnd::errored(format!(
                    "step {place}: the reference: {}",
                    finish::chain(&error)
                ))
            })?;
        let deadline = request.timeout.unwrap_or(self.subject.file.limits.request);
        let deadline = deadline.get();
        let (exchanged, other) = tokio::join!(
            self.subject.client.exchange(&prepared, deadline),
            self.reference.client.exchange(&counterpart, deadline),
        );
        let failed = |error: probe::exchange::ExchangeError| {
            StepEnd::errored(format!("step {place}: {}", finish::chain(&error)))
        };
        let both = (exchanged.map_err(failed)?, other.map_err(failed)?);
        let step = format!("{place}, request {}", call.number + 1);
        self.subject.ledger.lock().await.keep(&step, &both.0);
        Ok(both)
    }

    fn captured(
        &self,
        request: &Request,
        scope: &Scope,
        exchanged: &Exchanged,
    ) -> Result<Vec<(String, Value)>, StepEnd> {
        let expect = Expect {
            capture: request.expect.capture.clone(),
            ..Expect::default()
        };
        let expectation = Expectation::new(&expect, scope)
            .map_err(|error| blame(self.place, &error.captures, &error))?;
        Ok(expectation.judge(exchanged).captures)
    }

    /// The time that a check has is the submission's alone; the reference's own is ours to see to.
    fn spend(
        &self,
        spent: &mut Spent,
        exchanged: &Exchanged,
        counterpart: &Exchanged,
    ) -> Option<Ended> {
        spent.subject += exchanged.duration;
        spent.reference += counterpart.duration;
        let limit = self.subject.file.limits.check.get();
        let seconds = limit.as_secs_f32();
        if spent.subject > limit {
            return Some(Ended::TooSlow(StepEnd::Failed {
                reason: format!(
                    "too slow: its answers to a reference's traffic took more than {seconds} s"
                ),
                evidence: Vec::new(),
            }));
        }
        if spent.reference > limit {
            let place = self.place;
            let reason =
                format!("step {place}: the reference's answers took more than {seconds} s");
            return Some(otherwise(StepEnd::errored(reason)));
        }
        None
    }

    /// No whole answer came from one side.
    async fn broken(
        &self,
        call: &Call,
        scope: &Scope,
        exchanged: &Exchanged,
        counterpart: &Exchanged,
    ) -> StepEnd {
        if let Some(found) = &counterpart.trouble {
            let step = format!("{}, request {}", self.place, call.number + 1);
            let what = what(counterpart);
            let why = trouble::in_words(found);
            return StepEnd::Errored {
                reason: format!("step {step}: the reference, asked {what}: {why}"),
                evidence: vec![self.shown(scope, call, counterpart, Vec::new())],
            };
        }
        let evidence = vec![self.shown(scope, call, exchanged, Vec::new())];
        match &exchanged.trouble {
            Some(found) => {
                trouble::lost(self.subject, self.place, &what(exchanged), found, evidence).await
            }
            None => StepEnd::errored(format!("step {}: an answer is missing", self.place)),
        }
    }

    fn shown(
        &self,
        scope: &Scope,
        call: &Call,
        exchanged: &Exchanged,
        found: Vec<Mismatch>,
    ) -> Evidence {
        Evidence::Exchange(Box::new(self.exchange(scope, call, exchanged, found)))
    }

    fn exchange(
        &self,
        scope: &Scope,
        call: &Call,
        exchanged: &Exchanged,
        mismatches: Vec<Mismatch>,
    ) -> Exchange {
        let judged = Judged {
            mismatches,
            ..Judged::default()
        };
        let step = format!("{}, request {}", self.place, call.number + 1);
        evidence::exchange(&step, exchanged, &judged, &self.subject.secrets(scope))
    }
}

fn otherwise(end: StepEnd) -> Ended {
    Ended::Otherwise(end)
}

fn what(exchanged: &Exchanged) -> String {
    let request = &exchanged.request;
    format!("{} {}", request.method, request.target)
}

/// What templates of a call see on one side; none where a call that it needs captured nothing there.
fn scope_of(base: &Scope, call: &Call, captured: &Captured) -> Option<Scope> {
    let mut scope = base.with_index(call.number);
    for (name, source) in &call.uses {
        let value = captured.get(&(*source, name.clone()))?;
        scope.capture(name, value.clone());
    }
    Some(scope)
}

/// A value that only one side has to capture.
fn captures_differ(ours: &[(String, Value)], theirs: &[(String, Value)]) -> Vec<Mismatch> {
    let has = |list: &[(String, Value)], name: &str| list.iter().any(|(other, _)| other == name);
    let mut names: Vec<&String> = ours.iter().chain(theirs).map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    let said = |there: bool| if there { "a value" } else { "nothing" }.to_owned();
    names
        .into_iter()
        .filter(|name| has(ours, name) != has(theirs, name))
        .map(|name| Mismatch {
            at: format!("what is kept as `{name}`"),
            expected: said(has(theirs, name)),
            actual: said(has(ours, name)),
        })
        .collect()
}
