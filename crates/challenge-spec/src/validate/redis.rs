//! `redis`: what the submission does with a Redis or Valkey service, and what it stores there.

use super::{quantities, steps::Walk};
use crate::{
    finding::Finding,
    model::{ChallengeFile, RedisStep, Step},
    path::Path,
    suggestion,
};

/// The services of Redis and Valkey.
pub(super) struct Caches<'a> {
    names: Vec<&'a str>,
    others: Vec<&'a str>,
    known: bool,
}

impl<'a> Caches<'a> {
    /// `known` where every service was read.
    pub(super) fn of(file: &'a ChallengeFile, known: bool) -> Self {
        let names = |caches: bool| {
            let such = file.services.iter();
            let such = such.filter(|(_, service)| service.is_redis() == caches);
            such.map(|(name, _)| name.as_str()).collect()
        };
        Self {
            names: names(true),
            others: names(false),
            known,
        }
    }

    /// What is wrong with the service that a step at this path names, or leaves out.
    fn look(&self, wanted: Option<&str>, path: &Path) -> Option<Finding> {
        if !self.known {
            return None;
        }
        let list = || suggestion::list(self.names.iter().copied());
        match (wanted, self.names.as_slice()) {
            (Some(name), known) if known.contains(&name) => None,
            (Some(name), _) if self.others.contains(&name) => Some(
                Finding::value(
                    path.key("service"),
                    format!("the service `{name}` is neither Redis nor Valkey"),
                )
                .help(list().map(|list| format!("name one of {list}"))),
            ),
            (Some(name), known) => Some(
                Finding::value(path.key("service"), format!("there is no service `{name}`"))
                    .label("unknown service")
                    .help(suggestion::help(name, known.iter().copied())),
            ),
            (None, [_]) => None,
            (None, []) => Some(
                Finding::key(path.clone(), "no service is Redis or Valkey")
                    .help("add one under `services`".to_owned()),
            ),
            (None, _) => Some(
                Finding::key(path.clone(), "several services are Redis or Valkey")
                    .label("needs `service`")
                    .help(list().map(|list| format!("name one of {list}"))),
            ),
        }
    }
}

/// Which service is asked, what is done meanwhile, and what must come of it.
pub(super) fn look(walk: &mut Walk<'_>, step: &RedisStep, path: &Path) {
    let mistake = walk.caches.look(step.service.as_deref(), path);
    walk.findings.extend(mistake);
    inside(walk, &step.steps, &path.key("steps"));
    walk.steps(&step.steps, &path.key("steps"));
    let path = path.key("expect");
    let expect = &step.expect;
    let counts = expect.counts();
    let stored = expect.stored();
    let mut is_any = expect.longest_ttl.is_some() || expect.memory.is_some();
    for (key, expected) in counts.into_iter().chain(stored) {
        let Some(expected) = expected else { continue };
        is_any = true;
        walk.expected(expected, &path.key(key));
        let is_count = counts.iter().any(|(count, _)| *count == key);
        if is_count && step.steps.is_empty() {
            walk.findings.push(
                Finding::key(
                    path.key(key),
                    format!("`{key}` counts while steps are done, and there are none"),
                )
                .help("put under `steps` what the submission is asked for meanwhile".to_owned()),
            );
        }
    }
    if let Some(longest) = expect.longest_ttl {
        let mistake = quantities::no_time(path.key("longest_ttl"), longest);
        walk.findings.extend(mistake);
    }
    if let Some(memory) = expect.memory {
        let mistake = quantities::no_size(path.key("memory"), memory);
        walk.findings.extend(mistake);
    }
    if !is_any {
        let keys: Vec<_> = counts.iter().map(|(key, _)| *key).collect();
        let stored = stored.iter().map(|(key, _)| *key);
        let all = keys.into_iter().chain(stored);
        let all: Vec<_> = all
            .chain(["longest_ttl", "memory"])
            .map(|key| format!("`{key}`"))
            .collect();
        walk.findings.push(
            Finding::key(path, "nothing is expected")
                .help(format!("give at least one of {}", all.join(", "))),
        );
    }
}

/// The server does not say whose hits it counts: those of a look inside would be the submission's.
fn inside(walk: &mut Walk<'_>, steps: &[Step], path: &Path) {
    for (place, step) in steps.iter().enumerate() {
        let path = path.index(place);
        if let Step::Redis(_) = step {
            walk.findings.push(
                Finding::key(
                    path.key("redis"),
                    "a `redis` step cannot stand inside another",
                )
                .help(
                    "the server would count the inner one's look at the keys; let them follow each other"
                        .to_owned(),
                ),
            );
        } else if let Some((key, inner)) = step.inner() {
            inside(walk, inner, &path.key(key).key("steps"));
        }
    }
}
