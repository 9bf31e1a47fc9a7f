//! What was done to a service, as a sentence.

use crate::{
    model::{Fault, FaultKind},
    neutral::brief,
};

/// `the service cache was stopped for 1240 ms; it was as before 310 ms later`. Hostile text.
pub(in crate::render) fn in_words(fault: &Fault) -> String {
    let done = match (fault.is, fault.by_ms) {
        (FaultKind::Paused, _) => "paused".to_owned(),
        (FaultKind::Stopped, _) => "stopped".to_owned(),
        (FaultKind::Slow, None) => "slow".to_owned(),
        (FaultKind::Slow, Some(by)) => format!("slow, each answer {by} ms later,"),
    };
    let back = fault.back_after_ms.map_or_else(
        || "it did not come back".to_owned(),
        |after| format!("it was as before {after} ms later"),
    );
    format!(
        "the service {} was {done} for {} ms; {back}",
        brief(&fault.service, 80),
        fault.lasted_ms
    )
}
