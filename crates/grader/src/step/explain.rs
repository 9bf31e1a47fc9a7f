//! `explain`: how a database finds the rows of a query of the challenge's own.

mod plan;

use challenge_spec::model::Explain;
use probe::{evidence, expression::Scope, matching::evaluate};
use report::model::{Evidence, Mismatch, Plan as Shown};

use super::{
    Place, blame, matchers,
    query::{service_of, unanswered},
};
use crate::{
    finish,
    session::Session,
    sql::{Asked, SqlError},
    verdict::StepEnd,
};
use plan::Plan;

pub(super) async fn run(
    session: &Session<'_>,
    step: &Explain,
    scope: &Scope,
    place: &Place,
) -> StepEnd {
    let wanted = step.service.as_deref();
    let Some((service, endpoint)) = service_of(session.file, wanted)
        .and_then(|service| Some((service, session.sandbox.service(service)?)))
    else {
        return StepEnd::errored(format!("step {place}: no service that tells of plans"));
    };
    let mut args = Vec::new();
    for arg in &step.args {
        match scope.render_json(&arg.0) {
            Ok(value) => args.push(value),
            Err(error) => return blame(place, &error.captures, &error),
        }
    }
    let expected = match matchers(step.expect.each(), scope) {
        Ok(expected) => expected,
        Err(error) => return blame(place, &error.captures, &error),
    };
    let asked = Asked {
        query: &step.query,
        args: &args,
        for_plan: true,
    };
    let mut connections = session.connections.lock().await;
    let answered = connections.rows(service, endpoint, &asked).await;
    drop(connections);
    let shown = |nodes, mismatches| {
        Evidence::Plan(Box::new(Shown {
            step: place.to_string(),
            service: service.to_owned(),
            query: step.query.trim().to_owned(),
            args: args.clone(),
            nodes,
            mismatches,
        }))
    };
    let plan = match answered {
        Ok(rows) => match rows.rows.first().and_then(Plan::read) {
            Some(plan) => plan,
            None => return StepEnd::errored(format!("step {place}: the plan cannot be read")),
        },
        Err(error @ SqlError::NoPostgres { .. }) => {
            return StepEnd::errored(format!("step {place}: {error}"));
        }
        Err(error) => {
            let seen = vec![shown(Vec::new(), Vec::new())];
            return unanswered(session, service, place, seen, &error).await;
        }
    };
    let secrets = session.secrets(scope);
    let mismatches: Vec<Mismatch> = expected
        .iter()
        .flat_map(|(key, matcher)| evaluate(matcher, Some(&plan.value(key)), key))
        .map(|mismatch| evidence::shown_mismatch(&mismatch, &secrets))
        .collect();
    let nodes = plan.lines.iter();
    let nodes = nodes.map(|line| evidence::text(line, &secrets)).collect();
    let reason = finish::differs("the plan: ", &mismatches);
    let holds = mismatches.is_empty();
    let evidence = vec![shown(nodes, mismatches)];
    if holds {
        StepEnd::Held(evidence)
    } else {
        StepEnd::Failed { reason, evidence }
    }
}
