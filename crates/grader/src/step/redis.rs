//! `redis`: what the submission does with a Redis or Valkey service while steps are done, as the server counts
//! it, and what is stored there after them.

use challenge_spec::model::{ChallengeFile, RedisStep};
use probe::{
    evidence::{self, Secrets},
    expression::Scope,
    matching::evaluate,
};
use report::{
    model::{CommandCount, Evidence, Keyspace, KeyspaceCounts, Mismatch, StoredKey},
    neutral::brief,
};
use serde_json::Value;

use super::{Place, all_inside, blame, matchers, query::unanswered};
use crate::{
    finish,
    redis::{Keys, MOST_KEYS, RedisError, Server, Stored, Tally, Unseen},
    session::Session,
    verdict::StepEnd,
};

/// How many keys stand in the evidence.
const KEYS: usize = 20;
/// How many commands, by name.
const COMMANDS: usize = 20;
/// How much of a key's name.
const NAME: usize = 200;

pub(super) async fn run(
    session: &Session<'_>,
    step: &RedisStep,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    let wanted = step.service.as_deref();
    let Some((service, endpoint)) = redis_of(session.file, wanted)
        .and_then(|service| Some((service, session.sandbox.service(service)?)))
    else {
        return StepEnd::errored(format!("step {place}: no service of Redis or Valkey"));
    };
    let begun = async {
        let mut server = Server::open(service, endpoint).await?;
        let before = server.settled().await?;
        Ok((server, before))
    };
    let (mut server, before) = match begun.await {
        Ok(begun) => begun,
        Err(error) => return untold(session, service, place, Vec::new(), &error).await,
    };
    let (mut seen, ended) = all_inside(session, &step.steps, scope, place).await;
    if let Some(ended) = ended {
        return ended.after(seen);
    }
    let looked = async {
        let after = server.settled().await?;
        // Last, for it is counted too.
        let (stored, keys) = server.stored().await?;
        Ok((after, stored, keys))
    };
    let (after, stored, keys) = match looked.await {
        Ok(looked) => looked,
        Err(error) => return untold(session, service, place, seen, &error).await,
    };
    // What the steps have captured may be in it.
    let expected = matchers(step.expect.counts(), scope)
        .and_then(|counts| Ok((counts, matchers(step.expect.stored(), scope)?)));
    let (counts, kept) = match expected {
        Ok(expected) => expected,
        Err(error) => return blame(place, &error.captures, &error).after(seen),
    };
    let found = Found {
        came: after.since(&before),
        stored,
        keys,
    };
    let given = counts.iter().chain(&kept);
    let mut mismatches: Vec<Mismatch> = given
        .flat_map(|(key, matcher)| evaluate(matcher, Some(&found.value(key)), key))
        .collect();
    mismatches.extend(found.beyond(step));
    let holds = mismatches.is_empty();
    let reason = finish::differs(&format!("the service `{service}`: "), &mismatches);
    let secrets = session.secrets(scope);
    let has_steps = !step.steps.is_empty();
    let shown = found.shown(place, service, has_steps, mismatches, &secrets);
    seen.push(Evidence::Keyspace(Box::new(shown)));
    if holds {
        StepEnd::Held(seen)
    } else {
        StepEnd::Failed {
            reason,
            evidence: seen,
        }
    }
}

/// The service named, or the only one of Redis or Valkey.
pub(crate) fn redis_of<'a>(file: &'a ChallengeFile, named: Option<&'a str>) -> Option<&'a str> {
    named.or_else(|| {
        let mut services = file.services.iter();
        let (name, _) = services.find(|(_, service)| service.is_redis())?;
        Some(name.as_str())
    })
}

/// What came while the steps were done, and what is stored after them.
struct Found {
    came: Tally,
    stored: Stored,
    keys: Keys,
}

impl Found {
    /// What a key of the step's `expect` is about.
    fn value(&self, key: &str) -> Value {
        Value::from(match key {
            "hits" => self.came.hits,
            "misses" => self.came.misses,
            "commands" => self.came.all(),
            "keys" => self.stored.keys(),
            _ => self.stored.without_ttl(),
        })
    }

    /// Where a key lives longer, or all of them take more, than they may.
    fn beyond(&self, step: &RedisStep) -> Vec<Mismatch> {
        let mut found = Vec::new();
        if let Some(most) = step.expect.longest_ttl {
            let longest = self.keys.longest_ttl();
            let longer = longest.filter(|longest| *longest > finish::millis(most.get()));
            if let Some(longest) = longer {
                found.push(Mismatch {
                    at: "longest_ttl".to_owned(),
                    expected: format!("at most {most}"),
                    actual: format!("{} s", longest.div_ceil(1000)),
                });
            } else if let Some(unseen) = self.keys.unseen {
                found.push(self.missed(unseen));
            }
        }
        if let Some(most) = step.expect.memory
            && self.stored.memory > most.bytes()
        {
            found.push(Mismatch {
                at: "memory".to_owned(),
                expected: format!("at most {most}"),
                actual: format!("{} KiB", self.stored.memory.div_ceil(1024)),
            });
        }
        found
    }

    /// The one that lives longest may be among those that were not looked at.
    fn missed(&self, unseen: Unseen) -> Mismatch {
        let (expected, actual) = match unseen {
            Unseen::TooMany => (
                format!("no more than {MOST_KEYS} keys, 4 MiB of their names, to look at"),
                format!("{} keys", self.stored.keys()),
            ),
            Unseen::Moved => (
                "keys that stay where they are while they are looked at".to_owned(),
                "keys that come or move all the time".to_owned(),
            ),
        };
        Mismatch {
            at: "longest_ttl".to_owned(),
            expected,
            actual,
        }
    }

    fn shown(
        &self,
        place: &Place,
        service: &str,
        has_steps: bool,
        mismatches: Vec<Mismatch>,
        secrets: &Secrets,
    ) -> Keyspace {
        let mut by_name: Vec<_> = self.came.commands.iter().collect();
        by_name.sort_by_key(|(_, calls)| std::cmp::Reverse(**calls));
        let commands = by_name
            .iter()
            .take(COMMANDS)
            .map(|(name, calls)| CommandCount {
                name: (*name).clone(),
                calls: **calls,
            });
        let counts = KeyspaceCounts {
            hits: self.came.hits,
            misses: self.came.misses,
            commands: self.came.all(),
            by_name: commands.collect(),
            names_omitted: by_name.len().saturating_sub(COMMANDS) as u64,
        };
        // Those that never expire come first, then those that live longest.
        let mut keys: Vec<_> = self.keys.ttls.iter().collect();
        keys.sort_by_key(|(_, ttl)| std::cmp::Reverse(ttl.unwrap_or(u64::MAX)));
        let keys = keys.into_iter().take(KEYS).map(|((database, name), ttl)| {
            let name = String::from_utf8_lossy(name);
            StoredKey {
                database: *database,
                name: brief(&evidence::text(&name, secrets), NAME),
                ttl_ms: *ttl,
            }
        });
        let shown: Vec<StoredKey> = keys.collect();
        Keyspace {
            step: place.to_string(),
            service: service.to_owned(),
            counts: has_steps.then_some(counts),
            keys: self.stored.keys(),
            without_ttl: self.stored.without_ttl(),
            longest_ttl_ms: self.keys.longest_ttl(),
            cut: self.keys.unseen.is_some(),
            memory_bytes: self.stored.memory,
            keys_omitted: self.stored.keys().saturating_sub(shown.len() as u64),
            shown,
            mismatches,
        }
    }
}

/// What the server says of a mistake of ours; all else the submission could have caused.
async fn untold(
    session: &Session<'_>,
    service: &str,
    place: &Place,
    seen: Vec<Evidence>,
    error: &RedisError,
) -> StepEnd {
    if error.is_ours() {
        return StepEnd::errored(format!("step {place}: {}", finish::chain(error))).after(seen);
    }
    unanswered(session, service, place, seen, error).await
}

#[cfg(test)]
mod tests {
    use challenge_spec::model::{ByteSize, Duration, RedisExpect};

    use super::*;

    fn found(unseen: Option<Unseen>) -> Found {
        let keys = (0_u64..30).map(|number| {
            let ttl = (number > 0).then_some(number * 1000);
            ((0, format!("key:{number}").into_bytes()), ttl)
        });
        Found {
            came: Tally::default(),
            stored: Stored {
                databases: [(0, (30, 29))].into(),
                memory: 2048,
            },
            keys: Keys {
                ttls: keys.collect(),
                unseen,
            },
        }
    }

    fn step(longest_ttl: Option<Duration>, memory: Option<ByteSize>) -> RedisStep {
        RedisStep {
            service: None,
            steps: Vec::new(),
            expect: RedisExpect {
                longest_ttl,
                memory,
                ..RedisExpect::default()
            },
        }
    }

    #[test]
    fn what_lives_too_long_or_cannot_all_be_looked_at_does_not_hold() {
        let at = |found: &Found, seconds| {
            let step = step(Some(Duration::from_secs(seconds)), None);
            let found = found.beyond(&step);
            found.into_iter().next().map(|mismatch| mismatch.actual)
        };
        assert_eq!(at(&found(None), 29), None);
        assert_eq!(at(&found(None), 28).as_deref(), Some("29 s"));
        let many = found(Some(Unseen::TooMany));
        assert_eq!(at(&many, 29).as_deref(), Some("30 keys"));
        let moved = at(&found(Some(Unseen::Moved)), 29).unwrap();
        assert!(moved.contains("move all the time"));
        let memory = |text| step(None, Some(ByteSize::parse(text).unwrap()));
        assert!(found(None).beyond(&memory("2KiB")).is_empty());
        assert_eq!(found(None).beyond(&memory("1KiB")).len(), 1);
    }

    #[test]
    fn keys_that_never_expire_are_shown_first() {
        let shown = found(None).shown(
            &Place::first(1),
            "cache",
            false,
            Vec::new(),
            &Secrets::default(),
        );
        assert_eq!(shown.shown[0].name, "key:0");
        assert_eq!(shown.shown[1].ttl_ms, Some(29_000));
        assert_eq!((shown.shown.len(), shown.keys_omitted), (KEYS, 10));
        assert_eq!(shown.counts, None);
    }
}
