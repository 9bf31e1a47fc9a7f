//! Whether a check looks at what it gets.

use crate::{
    finding::Finding,
    model::{
        ChallengeFile, Eventually, Expect, Operation, Parallel, Repeat, Replica, Request, Step,
    },
    path::Path,
};

pub(super) fn look(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    let checks = Path::root().key("checks");
    for (place, check) in file.checks.iter().enumerate() {
        let path = checks.index(place);
        if !check.steps.iter().any(asserts) {
            findings.push(
                Finding::value(
                    path.key("id"),
                    format!("the check `{}` asserts nothing", check.id),
                )
                .label("it passes whatever comes")
                .help("write with `expect`, `tally` or an `assert` step what must hold".to_owned()),
            );
            continue;
        }
        unlooked(&check.steps, &path.key("steps"), findings);
    }
}

/// A request whose answer nobody looks at hides the mistake that the next step then stumbles over.
fn unlooked(steps: &[Step], path: &Path, findings: &mut Vec<Finding>) {
    for (place, step) in steps.iter().enumerate() {
        let path = path.index(place);
        match step {
            Step::Request(request) if !expects(&request.expect) => findings.push(
                Finding::value(path.key("request").key("send"), "nobody looks at the answer to this request")
                    .help("expect its status at least: a failure would show itself only later, as another".to_owned()),
            ),
            step => {
                if let Some((key, inner)) = step.inner() {
                    unlooked(inner, &path.key(key).key("steps"), findings);
                }
            }
        }
    }
}

fn asserts(step: &Step) -> bool {
    if let Step::Request(request) = step {
        return expects(&request.expect);
    }
    let all_of =
        |parallel: &Parallel| !parallel.tally.is_empty() || expects(&parallel.request.expect);
    if let Step::Parallel(parallel) = step {
        return all_of(parallel);
    }
    if let Step::Meanwhile(meanwhile) = step {
        return all_of(&meanwhile.parallel) || meanwhile.steps.iter().any(asserts);
    }
    if let Step::Sql(sql) = step {
        return sql.expect.rows.is_some();
    }
    if let Step::Eventually(Eventually { steps, .. })
    | Step::Repeat(Repeat { steps, .. })
    | Step::Replica(Replica { steps }) = step
    {
        return steps.iter().any(asserts);
    }
    // Steps of other kinds are there to assert something.
    !matches!(step, Step::Stub(_))
}

fn expects(expect: &Expect) -> bool {
    let Expect {
        status,
        headers,
        json,
        text,
        paths,
        // What cannot be captured is told as not found.
        capture,
    } = expect;
    status.is_some()
        || json.is_some()
        || text.is_some()
        || ![headers, paths].iter().all(|map| map.is_empty())
        || !capture.is_empty()
}

/// Whether a request is meant to be granted.
pub(super) fn expects_success(request: &Request) -> bool {
    let refusals = || (100..200).chain(300..600);
    request
        .expect
        .status
        .as_ref()
        .is_none_or(|status| !refusals().any(|refusal| status.contains(refusal)))
}

/// Those of a load.
fn mixed<'a>(
    (setup, requests): (&'a [Request], &'a [Operation]),
    path: &Path,
) -> impl Iterator<Item = (Path, &'a Request)> {
    let (first, path) = (path.key("setup"), path.key("requests"));
    let setup = setup.iter().enumerate();
    let setup = setup.map(move |(place, one)| (first.index(place), one));
    let each = requests.iter().enumerate();
    setup.chain(each.map(move |(place, one)| (path.index(place).key("request"), &one.request)))
}

/// All requests of steps with their places.
pub(super) fn requests<'a>(steps: &'a [Step], path: &Path) -> Vec<(Path, &'a Request)> {
    let mut found = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let path = path.index(place);
        match step {
            Step::Request(request) => found.push((path.key("request"), request)),
            Step::Parallel(parallel) => {
                found.push((path.key("parallel").key("request"), &parallel.request));
            }
            Step::Load(load) => {
                found.extend(mixed((&load.setup, &load.requests), &path.key("load")));
            }
            Step::Capacity(capacity) => {
                found.extend(mixed(
                    (&capacity.setup, &capacity.requests),
                    &path.key("capacity"),
                ));
            }
            step => {
                if let Step::Meanwhile(meanwhile) = step {
                    let path = path.key("meanwhile").key("parallel").key("request");
                    found.push((path, &meanwhile.parallel.request));
                }
                if let Some((key, inner)) = step.inner() {
                    found.extend(requests(inner, &path.key(key).key("steps")));
                }
            }
        }
    }
    found
}
