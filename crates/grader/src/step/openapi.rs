//! `openapi`: the submission's own document, held against what it did in this check.

use std::sync::Arc;

use challenge_spec::model::{Expect, OpenApi, Request};
use indexmap::IndexMap;
use probe::{
    evidence,
    exchange::Exchanged,
    expectation::Judged,
    expression::Scope,
    openapi::{Differences, Document},
    request::prepare,
};
use report::model::{Evidence, Exchange, Mismatch};

use super::{Place, blame, trouble};
use crate::{
    finish,
    session::{Kept, Session},
    verdict::StepEnd,
};

/// How many of the exchanges that differ are shown.
const SHOWN: usize = 5;

pub(super) async fn run(
    session: &Session<'_>,
    step: &OpenApi,
    scope: &Scope,
    place: &Place,
) -> StepEnd {
    let (kept, left_out) = session.ledger.lock().await.exchanges();
    let prepared = match prepare(&asked(step), scope, session.client.host()) {
        Ok(prepared) => prepared,
        Err(error) => return blame(place, &error.captures, &error),
    };
    let deadline = session.file.limits.request.get();
    session.look_before(deadline).await;
    let exchanged = match session.client.exchange(&prepared, deadline).await {
        Ok(exchanged) => exchanged,
        Err(error) => {
            return StepEnd::errored(format!("step {place}: {}", finish::chain(&error)));
        }
    };
    let show = |step: &str, exchanged: &Exchanged, mismatches: Vec<Mismatch>| -> Exchange {
        let judged = Judged {
            mismatches,
            ..Judged::default()
        };
        evidence::exchange(step, exchanged, &judged, &session.secrets(scope))
    };
    let fetched = |mismatches| show(&place.to_string(), &exchanged, mismatches);
    if let Some(found) = &exchanged.trouble {
        let what = format!("{} {}", prepared.method, prepared.target);
        let evidence = vec![Evidence::Exchange(Box::new(fetched(Vec::new())))];
        return trouble::end(session, place, &what, found, evidence).await;
    }
    let document = match read(&exchanged, step) {
        Ok(document) => Arc::new(document),
        Err(mistakes) => {
            let shown = fetched(mistakes);
            return StepEnd::Failed {
                reason: finish::differs("the OpenAPI document: ", &shown.mismatches),
                evidence: vec![Evidence::Exchange(Box::new(shown))],
            };
        }
    };
    let differences = match judged(&document, &kept).await {
        Ok(differences) => differences,
        Err(error) => {
            return StepEnd::errored(format!("step {place}: {}", finish::chain(&error)));
        }
    };
    let mut evidence = vec![note(&document, &kept, left_out, &differences)];
    let mut reason = None;
    let differing = kept
        .iter()
        .zip(differences)
        .filter(|(_, found)| !found.is_empty());
    for (kept, found) in differing.take(SHOWN) {
        let shown = show(&kept.step, &kept.exchanged, found);
        let before = format!("step {}, held against the OpenAPI document: ", kept.step);
        reason.get_or_insert_with(|| finish::differs(&before, &shown.mismatches));
        evidence.push(Evidence::Exchange(Box::new(shown)));
    }
    match reason {
        None => StepEnd::Held(evidence),
        Some(reason) => StepEnd::Failed { reason, evidence },
    }
}

/// The request for the document, as any other of a check.
fn asked(step: &OpenApi) -> Request {
    Request {
        send: step.document.clone(),
        query: IndexMap::new(),
        headers: IndexMap::new(),
        json: None,
        form: None,
        body: None,
        timeout: None,
        expect: Expect::default(),
    }
}

/// What came as a document, with all that it must describe.
fn read(exchanged: &Exchanged, step: &OpenApi) -> Result<Document, Vec<Mismatch>> {
    let Some(answer) = exchanged.whole() else {
        return Err(Vec::new());
    };
    if !answer.status.is_success() {
        return Err(vec![Mismatch {
            at: "status".to_owned(),
            expected: "2xx".to_owned(),
            actual: answer.status.as_u16().to_string(),
        }]);
    }
    let document = Document::read(&answer.body)?;
    let missing = step
        .operations
        .iter()
        .filter(|name| !document.describes(name));
    let missing: Vec<Mismatch> = missing
        .map(|name| Mismatch {
            at: "document /paths".to_owned(),
            expected: name.clone(),
            actual: "not described".to_owned(),
        })
        .collect();
    if missing.is_empty() {
        Ok(document)
    } else {
        Err(missing)
    }
}

async fn judged(document: &Arc<Document>, kept: &[Kept]) -> std::io::Result<Differences> {
    let document = document.clone();
    let exchanges: Vec<_> = kept.iter().map(|kept| kept.exchanged.clone()).collect();
    let judging = tokio::task::spawn_blocking(move || document.judge(&exchanges));
    judging.await.map_err(std::io::Error::other)?
}

fn note(document: &Document, kept: &[Kept], left_out: u64, found: &Differences) -> Evidence {
    let differ = found.iter().filter(|found| !found.is_empty()).count();
    let more = match left_out {
        0 => String::new(),
        more => format!("; {more} more were too many to be kept"),
    };
    Evidence::Note(format!(
        "OpenAPI {} with {} operations, held against {} exchanges of this check{more}: {differ} differ",
        document.version(),
        document.operations(),
        kept.len(),
    ))
}
