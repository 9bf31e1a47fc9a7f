//! What people and programs see while a grade is made.

mod json;
mod live;
mod plain;

use grader::Events;
use report::event::Event;
use report::neutral;

use crate::{args::Global, output::Look};

/// Chooses who listens: nobody, a program, a terminal, or a log.
pub(crate) fn listener(global: &Global, look: Look) -> Events {
    if global.json_events {
        return Events::new(|event| json::line(&event));
    }
    if global.quiet {
        return Events::silent();
    }
    if look.live {
        return live::listener(look);
    }
    plain::listener(look)
}

/// The same in whole lines, for a command that goes on and on.
pub(crate) fn lines(global: &Global, look: Look) -> Events {
    if global.json_events || global.quiet {
        return listener(global, look);
    }
    plain::listener(look)
}

/// `passed`, in one sign.
fn sign(outcome: report::model::Outcome, look: Look) -> String {
    use report::model::Outcome;
    let (unicode, ascii, colour) = match outcome {
        Outcome::Passed => ("✓", "ok", 32),
        Outcome::Failed => ("✗", "FAIL", 31),
        Outcome::Skipped => ("–", "skip", 33),
        Outcome::Errored => ("!", "ERROR", 35),
        Outcome::Inconclusive => ("?", "unclear", 33),
    };
    let sign = if look.unicode { unicode } else { ascii };
    if look.colour {
        format!("\u{1b}[{colour}m{sign}\u{1b}[0m")
    } else {
        sign.to_owned()
    }
}

/// A finished check in one or two lines; none for other events. A reason that the check `before` had too
/// is not said again.
fn check_line(event: &Event, look: Look, before: &mut Option<String>) -> Option<String> {
    let Event::CheckEnded {
        check,
        outcome,
        points,
        reason,
        duration_ms,
        ..
    } = event
    else {
        return None;
    };
    let mut line = format!(
        "  {} {check} ({points} {}, {})",
        sign(*outcome, look),
        if *points == 1 { "point" } else { "points" },
        seconds(*duration_ms)
    );
    if let Some(reason) = reason
        && *before != Some(reason.clone())
    {
        let reason = neutral::brief(reason, 400);
        line.push_str("\n      ");
        line.push_str(&reason);
    }
    before.clone_from(reason);
    Some(line)
}

/// How the subject is run, in one line; none for other events.
fn setup_line(event: &Event) -> Option<String> {
    match event {
        Event::SetupFound { found, .. } => Some(format!("  {}", neutral::brief(found, 600))),
        _ => None,
    }
}

fn seconds(millis: u64) -> String {
    let tenths = (millis + 50) / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

fn name(phase: report::event::Phase) -> &'static str {
    use report::event::Phase;
    match phase {
        Phase::Snapshot => "reading the submission",
        Phase::Images => "making our images",
        Phase::Build => "building",
        Phase::Services => "starting services",
        Phase::Migrate => "migrating",
        Phase::Start => "starting the app",
        Phase::Checks => "running checks",
        Phase::Practice => "looking at the code",
        Phase::Teardown => "removing the sandbox",
    }
}
