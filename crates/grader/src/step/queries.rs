//! `queries`: what the submission's statements come to while steps are done, as the server counts them.

use std::{collections::BTreeMap, fmt::Write as _};

use challenge_spec::model::Queries;
use probe::{evidence, expression::Scope, matching::evaluate};
use report::model::{Evidence, Mismatch, Statement, Statements as Shown};
use serde_json::Value;

use super::{
    Place, all_inside, blame, matchers,
    query::{service_of, unanswered},
};
use crate::{
    finish,
    session::Session,
    sql::{Count, SqlError, Statements, Tally},
    verdict::StepEnd,
};

/// How many forms of statements stand in the evidence.
const FORMS: usize = 20;

pub(super) async fn run(
    session: &Session<'_>,
    step: &Queries,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    let wanted = step.service.as_deref();
    let Some((service, endpoint)) = service_of(session.file, wanted)
        .and_then(|service| Some((service, session.sandbox.service(service)?)))
    else {
        return StepEnd::errored(format!("step {place}: no service that counts statements"));
    };
    let begun = async {
        let mut statements = Statements::open(service, endpoint).await?;
        let before = statements.settled().await?;
        Ok((statements, before))
    };
    let (mut statements, before) = match begun.await {
        Ok(begun) => begun,
        Err(error) => return uncounted(session, service, place, Vec::new(), error).await,
    };
    let (mut seen, ended) = all_inside(session, &step.steps, scope, place).await;
    if let Some(ended) = ended {
        return ended.after(seen);
    }
    let counted = async {
        let after = statements.settled().await?;
        let came = Came::between(&before, &after);
        let most = came.most_blocks();
        let forms: Vec<i64> = most.iter().map(|(form, _)| *form).collect();
        let texts = statements.texts(&forms).await?;
        Ok((came, most, texts))
    };
    let (came, most, texts) = match counted.await {
        Ok(counted) => counted,
        Err(error) => return uncounted(session, service, place, seen, error).await,
    };
    // What the steps have captured may be in it.
    let expected = match matchers(step.expect.each(), scope) {
        Ok(expected) => expected,
        Err(error) => return blame(place, &error.captures, &error).after(seen),
    };
    let secrets = session.secrets(scope);
    let text = |form: &i64| {
        let text = texts.get(form).map_or("(forgotten)", String::as_str);
        evidence::text(text, &secrets)
    };
    let mut mismatches: Vec<Mismatch> = expected
        .iter()
        .flat_map(|(key, matcher)| evaluate(matcher, Some(&came.value(key)), key))
        .collect();
    if came.forgotten {
        mismatches.push(Mismatch {
            at: "forms of statements".to_owned(),
            expected: "no more than the server keeps count of".to_owned(),
            actual: "more, of which some are forgotten".to_owned(),
        });
    }
    let mut reason = finish::differs("the submission's statements to the database: ", &mismatches);
    if let Some((form, count)) = came.most_called().filter(|(_, count)| count.calls > 1) {
        let text = text(&form);
        let text = finish::statement(&text);
        let _ = write!(reason, "; {} times: {text}", count.calls);
    }
    let holds = mismatches.is_empty();
    let shown = most.iter().map(|(form, count)| Statement {
        text: text(form),
        calls: count.calls,
        rows: count.rows,
        blocks: count.blocks,
    });
    let shown = Shown {
        step: place.to_string(),
        service: service.to_owned(),
        calls: came.total(|count| count.calls),
        repeats: came.repeats(),
        rows: came.total(|count| count.rows),
        blocks: came.total(|count| count.blocks),
        statements: shown.collect(),
        statements_omitted: (came.forms.len() - most.len()) as u64,
        mismatches,
    };
    seen.push(Evidence::Statements(Box::new(shown)));
    if holds {
        StepEnd::Held(seen)
    } else {
        StepEnd::Failed {
            reason,
            evidence: seen,
        }
    }
}

/// What came between two looks.
struct Came {
    forms: BTreeMap<i64, Count>,
    forgotten: bool,
}

impl Came {
    fn between(before: &Tally, after: &Tally) -> Self {
        Self {
            forms: after.since(before),
            forgotten: after.has_forgotten_since(before),
        }
    }

    fn total(&self, of: impl Fn(&Count) -> u64) -> u64 {
        self.forms.values().map(of).sum()
    }

    fn most_called(&self) -> Option<(i64, Count)> {
        let most = self.forms.iter().max_by_key(|(_, count)| count.calls);
        most.map(|(form, count)| (*form, *count))
    }

    fn repeats(&self) -> u64 {
        self.most_called().map_or(0, |(_, count)| count.calls)
    }

    /// What a key of the step's `expect` is about.
    fn value(&self, key: &str) -> Value {
        Value::from(match key {
            "calls" => self.total(|count| count.calls),
            "repeats" => self.repeats(),
            "rows" => self.total(|count| count.rows),
            _ => self.total(|count| count.blocks),
        })
    }

    /// Those for the report: most blocks first, and the one that was run most often among them.
    fn most_blocks(&self) -> Vec<(i64, Count)> {
        let mut forms: Vec<_> = self
            .forms
            .iter()
            .map(|(form, count)| (*form, *count))
            .collect();
        forms.sort_by_key(|(_, count)| std::cmp::Reverse((count.blocks, count.calls)));
        let most_called = self.most_called();
        forms.truncate(FORMS);
        if let Some(most) = most_called.filter(|most| !forms.contains(most)) {
            forms.pop();
            forms.push(most);
        }
        forms
    }
}

/// What the server says of a mistake of ours; all else the submission could have caused.
async fn uncounted(
    session: &Session<'_>,
    service: &str,
    place: &Place,
    seen: Vec<Evidence>,
    error: SqlError,
) -> StepEnd {
    match error {
        SqlError::NoPostgres { .. } | SqlError::Uncounted { .. } => {
            StepEnd::errored(format!("step {place}: {}", finish::chain(&error))).after(seen)
        }
        error => unanswered(session, service, place, seen, &error).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_run_most_often_is_shown_however_little_it_reads() {
        let count = |calls, blocks| Count {
            calls,
            rows: 1,
            blocks,
        };
        let mut forms: BTreeMap<i64, Count> = (0..30).map(|form| (form, count(1, 100))).collect();
        forms.insert(99, count(50, 0));
        let came = Came {
            forms,
            forgotten: false,
        };
        let most = came.most_blocks();
        assert_eq!(most.len(), FORMS);
        assert!(most.contains(&(99, count(50, 0))));
        assert_eq!(came.value("calls"), Value::from(80));
        assert_eq!(came.value("repeats"), Value::from(50));
        assert_eq!(came.value("blocks"), Value::from(3000));
    }
}
