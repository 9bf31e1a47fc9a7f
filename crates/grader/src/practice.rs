//! What the usual tools of a subject's language say of its files, beside what they say of the challenge's
//! starter. It decides nothing: whatever goes wrong with it is told and costs no points.

use std::time::{Duration, Instant};

use report::{
    model::{BrokenRule, LookedAt, Practice, PracticeTool, Remark},
    neutral::brief,
};
use runner::{
    Backend,
    practice::{Findings, Language, Sources, ToolRun},
    setup::Setup,
};

use crate::{Events, Plan, Subject, SubjectKind, events::RunEvents, finish};

/// The root of the taxonomy that it is evidence of.
const SKILL: &str = "language-practice";
/// So many rules are told.
const RULES: usize = 10;
/// So much of a path, a rule or a message is kept, in characters.
const TEXT: usize = 240;

/// What was said, and how long that took.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) practice: Practice,
    pub(crate) took: Duration,
}

impl Looked {
    pub(crate) async fn at(
        plan: &Plan,
        backend: &dyn Backend,
        setup: &Setup,
        events: &Events,
    ) -> Self {
        let clock = Instant::now();
        let practice = look(plan, backend, setup, events).await;
        Self {
            practice: practice.unwrap_or_else(|why| not_run(None, why)),
            took: clock.elapsed(),
        }
    }
}

fn not_run(language: Option<&Language>, why: String) -> Practice {
    Practice {
        skill: SKILL.to_owned(),
        language: language.map(|language| language.title.to_owned()),
        not_run: Some(why),
        submission: None,
        starter: None,
        tools: Vec::new(),
    }
}

async fn look(
    plan: &Plan,
    backend: &dyn Backend,
    setup: &Setup,
    events: &Events,
) -> Result<Practice, String> {
    let said = |error: &dyn std::error::Error| finish::chain(error);
    let language = setup.runtime().and_then(Language::of_runtime);
    let sources = Sources::of(&plan.subject.snapshot, language).map_err(|error| said(&error))?;
    let Some(sources) = sources else {
        let why = "it has no source files in a language whose tools are known";
        return Ok(not_run(language, why.to_owned()));
    };
    let language = sources.language;
    let starter = starter(plan, language).map(|(name, sources)| {
        let kind = SubjectKind::Starter(name);
        (kind.to_string(), sources)
    });
    let run = plan.run.to_string();
    let progress = RunEvents { run: &run, events };
    let of_starter = async {
        match &starter {
            Some((_, sources)) => backend.look(&plan.run, sources, &progress).await.ok(),
            None => None,
        }
    };
    // Both on one machine at once: neither is measured.
    let (looked, of_starter) =
        tokio::join!(backend.look(&plan.run, &sources, &progress), of_starter);
    let looked = match looked {
        Ok(looked) => looked,
        Err(error) => return Ok(not_run(Some(language), said(&error))),
    };
    let of_starter = of_starter.unwrap_or_default();
    let tools = looked.into_iter().map(|run| {
        let beside = of_starter.iter().find(|other| other.tool == run.tool);
        tool(run, beside.and_then(|other| other.said.as_ref().ok()))
    });
    Ok(Practice {
        skill: SKILL.to_owned(),
        language: Some(language.title.to_owned()),
        not_run: None,
        tools: tools.collect(),
        submission: Some(looked_at("submission".to_owned(), &sources)),
        starter: starter.map(|(subject, sources)| looked_at(subject, &sources)),
    })
}

/// The challenge's starter in a language, by its name; none where there is none that can be read.
pub(crate) fn starter(plan: &Plan, language: &'static Language) -> Option<(String, Sources)> {
    let challenge = &plan.challenge;
    let mut starters: Vec<_> = challenge.file.starters.iter().collect();
    // Most are called as their language is.
    starters.sort_by_key(|(name, _)| name.as_str() != language.name);
    starters.into_iter().find_map(|(name, folder)| {
        let kind = SubjectKind::Starter(name.clone());
        let subject = Subject::of_folder(challenge, kind, &challenge.dir.join(folder)).ok()?;
        let sources = Sources::of(&subject.snapshot, None).ok()??;
        (sources.language == language).then(|| (name.clone(), sources))
    })
}

fn looked_at(subject: String, sources: &Sources) -> LookedAt {
    LookedAt {
        subject,
        files: sources.files,
        lines: sources.lines,
        left_out: sources.left_out,
    }
}

fn tool(run: ToolRun, starter: Option<&Findings>) -> PracticeTool {
    let (found, not_run) = match run.said {
        Ok(found) => (Some(found), None),
        Err(why) => (None, Some(brief(&why, TEXT))),
    };
    let starter = starter.filter(|_| found.is_some());
    let found_some = found.unwrap_or_default();
    let mut rules: Vec<_> = found_some.rules.iter().collect();
    rules.sort_by_key(|(rule, count)| (std::cmp::Reverse(**count), *rule));
    PracticeTool {
        name: run.tool.to_owned(),
        version: run.version.map(|version| brief(&version, 40)),
        about: run.about.to_owned(),
        findings: not_run.is_none().then_some(found_some.count),
        not_run,
        cut: found_some.cut,
        starter_findings: starter.map(|starter| starter.count),
        rules_omitted: rules.len().saturating_sub(RULES) as u64,
        rules: rules
            .into_iter()
            .take(RULES)
            .map(|(rule, count)| BrokenRule {
                rule: brief(rule, TEXT),
                findings: *count,
                starter_findings: starter
                    .map(|starter| starter.rules.get(rule).copied().unwrap_or(0)),
            })
            .collect(),
        first: found_some
            .first
            .iter()
            .map(|found| Remark {
                file: brief(&found.file, TEXT),
                line: found.line,
                rule: brief(&found.rule, TEXT),
                message: brief(&found.message, TEXT),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use runner::practice::Finding;

    use super::*;

    fn ran(said: Result<Findings, String>) -> ToolRun {
        ToolRun {
            tool: "ruff",
            about: "its own choice of rules",
            version: Some("0.17.6".to_owned()),
            said,
        }
    }

    #[test]
    fn the_rules_broken_most_come_first_with_the_starters_beside_them() {
        let rules = (0..15).map(|number| (format!("R{number:02}"), number + 1));
        let found = Findings {
            count: 120,
            rules: rules.collect(),
            first: vec![Finding {
                message: "x".repeat(10_000),
                ..Finding::default()
            }],
            cut: false,
        };
        let starter = Findings {
            count: 3,
            rules: BTreeMap::from([("R14".to_owned(), 3)]),
            ..Findings::default()
        };
        let told = tool(ran(Ok(found)), Some(&starter));
        assert_eq!((told.findings, told.starter_findings), (Some(120), Some(3)));
        assert_eq!((told.rules.len(), told.rules_omitted), (RULES, 5));
        let first: Vec<_> = told.rules[..2]
            .iter()
            .map(|rule| (rule.rule.as_str(), rule.findings, rule.starter_findings))
            .collect();
        assert_eq!(first, [("R14", 15, Some(3)), ("R13", 14, Some(0))]);
        assert!(told.first[0].message.chars().count() < 2 * TEXT);
    }

    #[test]
    fn a_tool_that_was_not_run_has_no_figures() {
        let told = tool(ran(Err("why".to_owned())), Some(&Findings::default()));
        assert_eq!(told.not_run.as_deref(), Some("why"));
        assert_eq!((told.findings, told.starter_findings), (None, None));
    }
}
