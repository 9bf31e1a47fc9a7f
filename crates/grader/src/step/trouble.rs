//! No whole answer came: what the submission did, or what broke on our side.

use std::time::Duration;

use report::model::{Evidence, Trouble};
use runner::AppState;

use super::Place;
use crate::{finish, session::Session, verdict::StepEnd};

/// Ends a step whose request has just got no whole answer.
pub(super) async fn end(
    session: &Session<'_>,
    place: &Place,
    what: &str,
    trouble: &Trouble,
    evidence: Vec<Evidence>,
) -> StepEnd {
    let others = excuse(session, trouble).await;
    end_with(session, place, what, (trouble, others), evidence).await
}

/// Why no whole answer has come is not the submission's doing, if it is not; to be asked at once.
pub(super) async fn excuse(session: &Session<'_>, trouble: &Trouble) -> Option<String> {
    match trouble {
        Trouble::TimedOut(millis) => session.kept_off(Duration::from_millis(*millis)).await,
        _ => None,
    }
}

/// Ends a step whose request got no whole answer, with the [`excuse`] for it. An engine that cannot even say whether
/// the submission runs is ours; who is late while others have the cores is not told to be; anything else the
/// submission could have caused.
pub(super) async fn end_with(
    session: &Session<'_>,
    place: &Place,
    what: &str,
    (trouble, others): (&Trouble, Option<String>),
    evidence: Vec<Evidence>,
) -> StepEnd {
    match (
        blamed(session, place, what, trouble, evidence).await,
        others,
    ) {
        (Ok((AppState::Running, reason, evidence)), Some(others)) => StepEnd::Inconclusive {
            reason: format!("{reason}, but {others}"),
            evidence,
        },
        (Ok((_, reason, evidence)), _) => StepEnd::Failed { reason, evidence },
        (Err(errored), _) => errored,
    }
}

/// The same where whoever asks has seen to it that no others have the cores.
pub(super) async fn lost(
    session: &Session<'_>,
    place: &Place,
    what: &str,
    trouble: &Trouble,
    evidence: Vec<Evidence>,
) -> StepEnd {
    match blamed(session, place, what, trouble, evidence).await {
        Ok((_, reason, evidence)) => StepEnd::Failed { reason, evidence },
        Err(errored) => errored,
    }
}

async fn blamed(
    session: &Session<'_>,
    place: &Place,
    what: &str,
    trouble: &Trouble,
    mut evidence: Vec<Evidence>,
) -> Result<(AppState, String, Vec<Evidence>), StepEnd> {
    let state = match session.state_after_trouble(trouble).await {
        Ok(state) => state,
        Err(error) => {
            return Err(StepEnd::Errored {
                reason: format!("step {place}: {}", finish::chain(&error)),
                evidence,
            });
        }
    };
    evidence.extend(session.log().await);
    let reason = match &state {
        AppState::Exited { exit } => format!("the submission died during {what}: {exit}"),
        AppState::Running => format!("{what}: {}", in_words(trouble)),
    };
    Ok((state, reason, evidence))
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
