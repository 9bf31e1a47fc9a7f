//! Plain lines, for logs and pipes.

use std::sync::Mutex;

use grader::Events;
use report::event::Event;

use super::{check_line, name, seconds, setup_line};
use crate::output::{self, Look};

pub(super) fn listener(look: Look) -> Events {
    let before = Mutex::new(None);
    Events::new(move |event| {
        if let Ok(mut before) = before.lock() {
            line(&event, look, &mut before);
        }
    })
}

fn line(event: &Event, look: Look, before: &mut Option<String>) {
    let line = match event {
        Event::RunStarted {
            challenge,
            subject,
            seed,
            checks,
            ..
        } => Some(format!(
            "{challenge}: {subject}, {checks} checks, seed {seed}"
        )),
        Event::PhaseEnded {
            phase,
            duration_ms,
            note,
            ..
        } => {
            let note = note
                .as_deref()
                .map(|note| format!(" ({})", report::neutral::brief(note, 60)))
                .unwrap_or_default();
            Some(format!(
                "  {}: {}{note}",
                name(*phase),
                seconds(*duration_ms)
            ))
        }
        // A line now and then: there may be dozens.
        Event::TestsRan { done, of, .. } => (done == of || done % 10 == 0)
            .then(|| format!("  tests: {done} of {of} runs against implementations")),
        Event::SetupFound { .. } => setup_line(event),
        Event::CheckEnded { .. } => check_line(event, look, before),
        Event::PhaseStarted { .. }
        | Event::BuildLine { .. }
        | Event::MigrateLine { .. }
        | Event::CheckStarted { .. }
        | Event::RunEnded { .. } => None,
    };
    if let Some(line) = line {
        output::say(&format!("{line}\n"));
    }
}
