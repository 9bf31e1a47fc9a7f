//! What people see while a proof is under way: a line for each variant that was graded.

use campaign::{Record, Told};
use report::{model::Outcome, neutral};

use crate::{
    args::Global,
    output::{self, Look},
};

/// Prints what is told, unless nobody is to read it.
pub(super) fn of(global: &Global, look: Look) -> impl Fn(&Told<'_>) + Send + Sync + use<> {
    let is_silent = global.quiet || global.json_events;
    move |told| {
        if !is_silent && let Some(line) = line(told, look) {
            output::say(&format!("{line}\n"));
        }
    }
}

fn line(told: &Told<'_>, look: Look) -> Option<String> {
    match told {
        Told::Agenda {
            variants,
            kept,
            at_once,
        } => {
            let known = match kept {
                0 => String::new(),
                kept => format!(", {kept} of them known already"),
            };
            Some(format!(
                "{variants} sandboxes to grade{known}, {at_once} at once"
            ))
        }
        Told::Opens(_) => None,
        Told::Ended { record, done, of } => {
            let width = of.to_string().len();
            let line = format!("[{done:>width$}/{of}] {}", ended(record));
            Some(neutral::brief(&line, look.width.max(120)))
        }
    }
}

fn ended(record: &Record) -> String {
    let seconds = record.took_ms / 1000;
    let tenths = record.took_ms % 1000 / 100;
    format!(
        "{}, seed {}, {}: {}, {seconds}.{tenths} s",
        record.subject,
        record.seed,
        record.purpose,
        result(record)
    )
}

fn result(record: &Record) -> String {
    if let Some(failure) = &record.failure {
        return failure.reason.clone();
    }
    let count = |outcome: Outcome| {
        let with = record
            .checks
            .iter()
            .filter(|ended| ended.outcome == outcome);
        with.count()
    };
    match (count(Outcome::Failed), count(Outcome::Errored)) {
        (0, 0) => format!("{} checks passed", count(Outcome::Passed)),
        (failed, 0) => {
            let first = record
                .checks
                .iter()
                .find(|ended| ended.outcome == Outcome::Failed);
            let first = first.map_or("", |ended| ended.check.as_str());
            match failed {
                1 => format!("failed {first}"),
                more => format!("failed {first} and {} more", more - 1),
            }
        }
        (_, errored) => format!("{errored} checks undecided"),
    }
}
