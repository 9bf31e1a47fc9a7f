//! One line that is drawn over while something is under way, and a line for all that ended.

use std::{sync::Mutex, time::Duration};

use grader::Events;
use indicatif::{ProgressBar, ProgressStyle};
use report::{
    event::{Event, Phase},
    neutral,
};

use super::{check_line, name, seconds, setup_line};
use crate::output::Look;

pub(super) fn listener(look: Look) -> Events {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {wide_msg} {elapsed}") {
        bar.set_style(style);
    }
    let heard = Mutex::new(Heard::default());
    Events::new(move |event| {
        let Ok(mut heard) = heard.lock() else {
            return;
        };
        hear(&bar, &mut heard, &event, look);
    })
}

/// What is remembered between events.
#[derive(Default)]
struct Heard {
    under_way: Vec<Phase>,
    /// The last check's.
    reason: Option<String>,
}

fn hear(bar: &ProgressBar, heard: &mut Heard, event: &Event, look: Look) {
    let Heard { under_way, reason } = heard;
    match event {
        Event::RunStarted {
            challenge,
            subject,
            seed,
            checks,
            ..
        } => {
            bar.reset();
            bar.enable_steady_tick(Duration::from_millis(100));
            bar.println(format!(
                "{challenge}: {subject}, {checks} checks, seed {seed}"
            ));
        }
        Event::SetupFound { .. } => {
            if let Some(line) = setup_line(event) {
                bar.println(line);
            }
        }
        Event::PhaseStarted { phase, .. } => {
            under_way.push(*phase);
            show(bar, under_way, "");
        }
        Event::PhaseEnded {
            phase,
            duration_ms,
            note,
            ..
        } => {
            under_way.retain(|other| other != phase);
            let note = note
                .as_deref()
                .map(|note| format!(" ({})", neutral::brief(note, 50)))
                .unwrap_or_default();
            bar.println(format!(
                "  {}: {}{note}",
                name(*phase),
                seconds(*duration_ms)
            ));
            show(bar, under_way, "");
        }
        Event::BuildLine { line, .. } | Event::MigrateLine { line, .. } => {
            show(
                bar,
                under_way,
                &neutral::brief(line, look.width.saturating_sub(30)),
            );
        }
        Event::TestsRan { done, of, .. } => {
            let runs = format!("{done} of {of} runs of the tests against implementations");
            show(bar, under_way, &runs);
        }
        Event::CheckStarted { check, .. } => show(bar, under_way, check),
        Event::CheckEnded { .. } => {
            if let Some(line) = check_line(event, look, reason) {
                bar.println(line);
            }
        }
        Event::RunEnded { .. } => {
            under_way.clear();
            bar.finish_and_clear();
        }
    }
}

fn show(bar: &ProgressBar, under_way: &[Phase], detail: &str) {
    let phases: Vec<&str> = under_way.iter().map(|phase| name(*phase)).collect();
    let glue = if detail.is_empty() { "" } else { ": " };
    bar.set_message(format!("{}{glue}{detail}", phases.join(", ")));
}
