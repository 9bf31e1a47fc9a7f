//! No whole answer came: what the submission did, or what broke on our side.

use report::model::{Evidence, Trouble};
use runner::AppState;

use super::Place;
use crate::{finish, session::Session, verdict::StepEnd};

/// Ends a step whose request got no whole answer. An engine that cannot even say whether the
/// submission runs is ours; anything else the submission could have caused.
pub(super) async fn end(
    session: &Session<'_>,
    place: &Place,
    what: &str,
    trouble: &Trouble,
    mut evidence: Vec<Evidence>,
) -> StepEnd {
    let state = match session.state_after_trouble(trouble).await {
        Ok(state) => state,
        Err(error) => {
            return StepEnd::Errored {
                reason: format!("step {place}: {}", finish::chain(&error)),
                evidence,
            };
        }
    };
    evidence.extend(session.log().await);
    let reason = match state {
        AppState::Exited { exit } => format!("the submission died during {what}: {exit}"),
        AppState::Running => format!("{what}: {}", in_words(trouble)),
    };
    StepEnd::Failed { reason, evidence }
}

/// What went wrong, for people.
pub(super) fn in_words(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Refused(_) => "the submission runs but refuses connections".to_owned(),
        Trouble::Closed(_) => "the connection was closed before the answer was whole".to_owned(),
        Trouble::TimedOut(millis) => {
            format!(
                "too slow: no whole answer within {}",
                finish::seconds(*millis)
            )
        }
        Trouble::TooLarge(bytes) => {
            format!("the answer is too large: more than {bytes} bytes are not read")
        }
        Trouble::Invalid(why) => format!("the answer is no valid HTTP: {why}"),
    }
}

/// A short name for a tally.
pub(super) fn name(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Refused(_) => "connection refused",
        Trouble::Closed(_) => "connection closed",
        Trouble::TimedOut(_) => "no answer in time",
        Trouble::TooLarge(_) => "answer too large",
        Trouble::Invalid(_) => "no valid HTTP",
    }
}
