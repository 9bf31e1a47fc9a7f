//! `sql`: a query to a service, as the grader's own role.

use std::error::Error;

use challenge_spec::model::{ChallengeFile, Sql};
use probe::{
    evidence,
    expectation::{Judged, RowsExpectation},
    expression::Scope,
};
use report::model::{Evidence, Query};
use runner::ServiceState;
use serde_json::Value;

use super::{Place, blame};
use crate::{
    finish,
    session::Session,
    sql::{Asked, RowSet, SqlError},
    verdict::StepEnd,
};

/// How many rows stand in the evidence.
const ROWS_SHOWN: usize = 20;

pub(super) async fn run(
    session: &Session<'_>,
    sql: &Sql,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    let Some(service) = service_of(session.file, sql.service.as_deref()) else {
        return StepEnd::errored(format!("step {place}: no service that speaks SQL"));
    };
    let Some(endpoint) = session.sandbox.service(service) else {
        return StepEnd::errored(format!(
            "step {place}: the sandbox has no service `{service}`"
        ));
    };
    let mut args = Vec::new();
    for arg in &sql.args {
        match scope.render_json(&arg.0) {
            Ok(value) => args.push(value),
            Err(error) => return blame(place, &error.captures, &error),
        }
    }
    let expectation = match RowsExpectation::new(&sql.expect, scope) {
        Ok(expectation) => expectation,
        Err(error) => return blame(place, &error.captures, &error),
    };
    let asked = session
        .connections
        .lock()
        .await
        .rows(
            service,
            endpoint,
            &Asked {
                query: &sql.query,
                args: &args,
                for_plan: false,
            },
        )
        .await;
    let rows = match asked {
        Ok(rows) => rows,
        Err(error @ SqlError::NoSql { .. }) => {
            return StepEnd::errored(format!("step {place}: {error}"));
        }
        Err(error) => {
            let query = shown(place, service, sql, args, &RowSet::empty());
            let seen = vec![Evidence::Query(Box::new(query))];
            return unanswered(session, service, place, seen, &error).await;
        }
    };
    let judged = expectation.judge(rows.rows.clone());
    let secrets = session.secrets(scope);
    let evidence = Query {
        mismatches: judged
            .mismatches
            .iter()
            .map(|mismatch| evidence::shown_mismatch(mismatch, &secrets))
            .collect(),
        diff: judged
            .diff
            .as_deref()
            .map(|diff| evidence::text(diff, &secrets)),
        ..shown(place, service, sql, args, &rows)
    };
    let reason = finish::differs("the database: ", &evidence.mismatches);
    let evidence = vec![Evidence::Query(Box::new(evidence))];
    let Judged {
        mismatches,
        captures,
        ..
    } = judged;
    if !mismatches.is_empty() {
        return StepEnd::Failed { reason, evidence };
    }
    for (name, value) in captures {
        scope.capture(name, value);
    }
    StepEnd::Held(evidence)
}

/// The service named, or the only one that speaks SQL.
pub(crate) fn service_of<'a>(file: &'a ChallengeFile, named: Option<&'a str>) -> Option<&'a str> {
    named.or_else(|| {
        file.services
            .iter()
            .find(|(_, service)| service.speaks_sql())
            .map(|(name, _)| name.as_str())
    })
}

/// The service ran before the submission started, so what is wrong with it now the submission could
/// have caused within its limits; unless the engine cannot even say whether it runs.
pub(super) async fn unanswered(
    session: &Session<'_>,
    service: &str,
    place: &Place,
    mut evidence: Vec<Evidence>,
    error: &(impl Error + Sync),
) -> StepEnd {
    evidence.push(Evidence::Note(finish::chain(error)));
    match session.service_state(service).await {
        Err(error) => StepEnd::Errored {
            reason: format!("step {place}: {}", finish::chain(&error)),
            evidence,
        },
        Ok(ServiceState::Exited { exit }) => StepEnd::Failed {
            reason: format!("the service `{service}` died while the submission used it: {exit}"),
            evidence,
        },
        Ok(ServiceState::Running) => StepEnd::Failed {
            reason: finish::chain(error),
            evidence,
        },
    }
}

fn shown(place: &Place, service: &str, sql: &Sql, args: Vec<Value>, rows: &RowSet) -> Query {
    let omitted = rows.rows.len().saturating_sub(ROWS_SHOWN);
    Query {
        step: place.to_string(),
        service: service.to_owned(),
        query: sql.query.trim().to_owned(),
        args,
        rows: rows.rows.iter().take(ROWS_SHOWN).cloned().collect(),
        rows_omitted: u64::try_from(omitted).unwrap_or(u64::MAX) + u64::from(rows.cut),
        mismatches: Vec::new(),
        diff: None,
    }
}
