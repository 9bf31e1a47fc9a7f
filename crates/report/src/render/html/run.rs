//! How it was run, as the template sees it.

use serde::Serialize;

use crate::{
    model::Report,
    neutral::brief,
    render::{
        command,
        headline::{self, duration},
    },
};

#[derive(Debug, Serialize)]
pub(super) struct RunView {
    command: String,
    facts: Vec<Fact>,
    phases: Vec<Fact>,
    images: Vec<Fact>,
    programs: Vec<Fact>,
    isolation: Vec<IsolationRow>,
    /// How many means of isolation were not in force.
    not_enforced: usize,
    writer: String,
    schema_version: u32,
}

/// A name and what it stands for.
#[derive(Debug, Serialize)]
struct Fact {
    name: String,
    value: String,
    /// Whether a machine would read it: a digest, an id.
    code: bool,
}

#[derive(Debug, Serialize)]
struct IsolationRow {
    item: String,
    enforced: bool,
    detail: String,
}

impl RunView {
    pub(super) fn of(report: &Report) -> Self {
        let isolation: Vec<IsolationRow> = report
            .run
            .isolation
            .iter()
            .map(|isolation| IsolationRow {
                item: brief(&isolation.item, 120),
                enforced: isolation.enforced,
                detail: brief(&isolation.detail, 600),
            })
            .collect();
        Self {
            command: command::repeat(report),
            facts: facts(report),
            phases: phases(report),
            images: report
                .run
                .images
                .iter()
                .map(|(role, id)| fact(role, id, true))
                .collect(),
            programs: report
                .run
                .programs
                .iter()
                .map(|(role, program)| fact(role, program, false))
                .collect(),
            not_enforced: isolation.iter().filter(|row| !row.enforced).count(),
            isolation,
            writer: brief(&format!("{} {}", report.tool.name, report.tool.version), 80),
            schema_version: report.schema_version,
        }
    }
}

fn facts(report: &Report) -> Vec<Fact> {
    let run = &report.run;
    let challenge = format!("{} {}", report.challenge.id, report.challenge.version);
    let engine = run.engine.as_ref().map_or_else(
        || match run.backend.as_str() {
            "local" => "none was used".to_owned(),
            _ => "none answered".to_owned(),
        },
        |engine| format!("{}, API {}, {}", engine.name, engine.api, engine.platform),
    );
    let files = headline::count(report.submission.files, "file");
    let mut facts = vec![
        fact("Seed", &run.seed.to_string(), true),
        fact(
            "Submission",
            &format!("{} ({files})", report.submission.name),
            false,
        ),
        fact("Submission digest", &report.submission.digest, true),
        fact("Challenge", &challenge, false),
        fact("Challenge digest", &report.challenge.digest, true),
        fact("Backend", &run.backend, false),
        fact("Engine", &engine, false),
        fact("Started", &run.started_at.to_rfc3339(), false),
        fact("Run", &run.id, true),
    ];
    if let Some(state) = &report.certification {
        facts.insert(5, fact("Proof of the challenge", &state.sentence(), false));
    }
    if let Some(setup) = &run.setup {
        facts.insert(2, fact("How it was run", &setup.found, false));
    }
    if let Some(only) = &run.only {
        facts.push(fact("Checks asked for", &only.join(", "), false));
    }
    facts
}

fn phases(report: &Report) -> Vec<Fact> {
    let phases = &report.run.phases;
    let built_before = phases.build_ms == 0 && phases.start_ms > 0;
    [
        ("Reading the submission", phases.snapshot_ms),
        ("Build", phases.build_ms),
        ("Services and network", phases.services_ms),
        ("Migration", phases.migrate_ms),
        ("Start, to the first answer", phases.start_ms),
        ("Checks", phases.checks_ms),
        ("Language tools", phases.practice_ms),
        ("All of it", report.run.duration_ms),
    ]
    .into_iter()
    .filter(|(name, ms)| !matches!(*name, "Migration" | "Language tools") || *ms > 0)
    .map(|(name, ms)| match name {
        "Build" if built_before => fact(name, "none, the same files were built before", false),
        _ => fact(name, &duration(ms), false),
    })
    .collect()
}

fn fact(name: &str, value: &str, code: bool) -> Fact {
    Fact {
        name: brief(name, 80),
        value: brief(value, 1_000),
        code,
    }
}
