use std::{fmt, sync::Arc};

use report::event::{Event, Phase};
use runner::{Progress, RunnerEvent, RunnerPhase};

/// Where a grade's events go: terminal, JSON lines, a server. Cheap to clone.
#[derive(Clone)]
pub struct Events(Arc<dyn Fn(Event) + Send + Sync>);

impl Events {
    /// Calls `listener` for each event, from any task; it must not block for long.
    pub fn new(listener: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    /// Nobody listens.
    pub fn silent() -> Self {
        Self::new(|_| {})
    }

    /// One thing happened.
    pub fn send(&self, event: Event) {
        (self.0)(event);
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

/// Passes a runner's events on as those of one run.
pub(crate) struct RunEvents<'a> {
    pub(crate) run: &'a str,
    pub(crate) events: &'a Events,
}

impl Progress for RunEvents<'_> {
    fn tell(&self, event: RunnerEvent) {
        let run = self.run.to_owned();
        self.events.send(match event {
            RunnerEvent::Started(phase) => Event::PhaseStarted {
                run,
                phase: phase_of(phase),
            },
            RunnerEvent::Ended { phase, took, note } => Event::PhaseEnded {
                run,
                phase: phase_of(phase),
                duration_ms: crate::finish::millis(took),
                note,
            },
            RunnerEvent::MigrateLine(line) => Event::MigrateLine { run, line },
            RunnerEvent::BuildLine(line) => Event::BuildLine { run, line },
        });
    }
}

fn phase_of(phase: RunnerPhase) -> Phase {
    match phase {
        RunnerPhase::Images => Phase::Images,
        RunnerPhase::Build => Phase::Build,
        RunnerPhase::Services => Phase::Services,
        RunnerPhase::Migrate => Phase::Migrate,
        RunnerPhase::Start => Phase::Start,
        RunnerPhase::Teardown => Phase::Teardown,
    }
}
