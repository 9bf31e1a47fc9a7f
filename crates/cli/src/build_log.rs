//! What a submission's build printed, and the last lines of its migration, for a file beside the report,
//! which has the last lines of either only.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use grader::Events;
use report::{
    event::{Event, Phase},
    neutral,
};

use crate::failure::Failure;

const FILE: &str = "build.log";
/// As much of it as is kept, in bytes, and as much of a line, in characters.
const MOST: usize = 16 << 20;
const LONGEST: usize = 4096;

/// Listens to a grade's events.
#[derive(Debug, Clone, Default)]
pub(crate) struct BuildLog(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// Whether it is the submission that is built: images of ours come before.
    begun: bool,
    text: String,
    omitted: u64,
}

impl BuildLog {
    /// Passes events on.
    pub(crate) fn before(&self, events: Events) -> Events {
        let kept = Arc::clone(&self.0);
        Events::new(move |event| {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.take(&event);
            drop(kept);
            events.send(event);
        })
    }

    /// Writes the file into a folder, in place of one of another report.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join(FILE);
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = fs::write(&path, kept.content());
        written.map_err(|error| Failure::Ours(format!("cannot write {}: {error}", path.display())))
    }
}

impl Kept {
    fn take(&mut self, event: &Event) {
        match event {
            Event::PhaseStarted {
                phase: Phase::Build,
                ..
            } => self.begun = true,
            Event::BuildLine { line, .. } | Event::MigrateLine { line, .. } if self.begun => {
                self.line(line);
            }
            _ => {}
        }
    }

    fn line(&mut self, line: &str) {
        let line = neutral::brief(line, LONGEST);
        if self.omitted > 0 || self.text.len() + line.len() >= MOST {
            self.omitted += 1;
            return;
        }
        self.text.push_str(&line);
        self.text.push('\n');
    }

    fn content(&self) -> String {
        let text = &self.text;
        match self.omitted {
            0 if text.is_empty() => "(nothing was printed: the image was there from an earlier build, or nothing was built)\n".to_owned(),
            0 => text.clone(),
            omitted => format!("{text}({omitted} more lines; the report has the last ones)\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Event {
        Event::BuildLine {
            run: String::new(),
            line: text.to_owned(),
        }
    }

    fn build() -> Event {
        Event::PhaseStarted {
            run: String::new(),
            phase: Phase::Build,
        }
    }

    #[test]
    fn what_the_submissions_build_prints_is_kept_and_passed_on() {
        let log = BuildLog::default();
        let passed = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&passed);
        let events = log.before(Events::new(move |_| {
            *counted.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        }));
        for event in [
            line("an image of ours"),
            build(),
            line("one\u{1b}[2J"),
            line("two"),
        ] {
            events.send(event);
        }
        let kept = log.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(kept.content(), "one␛[2J\ntwo\n");
        assert_eq!(*passed.lock().unwrap_or_else(PoisonError::into_inner), 4);
    }

    #[test]
    fn a_flood_stays_bounded() {
        let mut kept = Kept::default();
        kept.take(&build());
        let long = "x".repeat(10_000);
        for _ in 0..10_000 {
            kept.take(&line(&long));
        }
        assert!(kept.text.len() <= MOST);
        assert!(kept.content().contains(" more lines; "));
    }
}
