use std::collections::HashMap;

use crate::{finding::Finding, model::ChallengeFile, path::Path};

/// Checks that require each other, so that none could ever be first. Each circle is told once.
pub(super) fn look(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    let mut places = HashMap::new();
    for (place, check) in file.checks.iter().enumerate() {
        places.entry(check.id.as_str()).or_insert(place);
    }
    let required: Vec<Vec<(usize, usize)>> = file
        .checks
        .iter()
        .map(|check| {
            let known = |(at, id): (usize, &String)| Some((at, *places.get(id.as_str())?));
            check
                .requires
                .iter()
                .enumerate()
                .filter_map(known)
                .collect()
        })
        .collect();
    let mut state = vec![State::New; file.checks.len()];
    for start in 0..file.checks.len() {
        follow(file, &required, &mut state, start, findings);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// Walks from one check along `requires`, with a stack of its own: chains may be long.
fn follow(
    file: &ChallengeFile,
    required: &[Vec<(usize, usize)>],
    state: &mut [State],
    start: usize,
    findings: &mut Vec<Finding>,
) {
    if state[start] != State::New {
        return;
    }
    state[start] = State::Open;
    // Each with the number of its requirements that were followed.
    let mut chain = vec![(start, 0)];
    while let Some((check, followed)) = chain.last_mut() {
        let (check, next) = (*check, required[*check].get(*followed).copied());
        *followed += 1;
        match next {
            None => {
                state[check] = State::Done;
                chain.pop();
            }
            Some((_, next)) if state[next] == State::New => {
                state[next] = State::Open;
                chain.push((next, 0));
            }
            Some((at, next)) if state[next] == State::Open => {
                let ids = chain.iter().skip_while(|(check, _)| *check != next);
                let mut ids: Vec<&str> = ids
                    .map(|(check, _)| file.checks[*check].id.as_str())
                    .collect();
                ids.push(&file.checks[next].id);
                findings.push(circle(check, at, &ids));
            }
            Some(_) => {}
        }
    }
}

fn circle(check: usize, at: usize, ids: &[&str]) -> Finding {
    let path = Path::root()
        .key("checks")
        .index(check)
        .key("requires")
        .index(at);
    if let [only, _] = ids {
        return Finding::value(path, format!("`{only}` requires itself"));
    }
    Finding::value(
        path,
        format!("these checks require each other: {}", ids.join(" -> ")),
    )
    .label("closes the circle")
}
