//! What a step or a check came to. What the submission did and what broke on our side are
//! different variants, so that they cannot be mixed up on the way to the points.

use report::model::{Blame, Evidence, Outcome};

/// What a step came to.
#[derive(Debug)]
pub(crate) enum StepEnd {
    /// It held; what it saw is kept in case a later step fails.
    Held(Vec<Evidence>),
    /// There is evidence against the submission.
    Failed {
        /// One sentence.
        reason: String,
        /// What was seen.
        evidence: Vec<Evidence>,
    },
    /// It cannot be said: what was seen once did not come again.
    Inconclusive {
        /// One sentence.
        reason: String,
        /// What was seen.
        evidence: Vec<Evidence>,
    },
    /// Something of ours broke.
    Errored {
        /// One sentence.
        reason: String,
        /// What was seen.
        evidence: Vec<Evidence>,
    },
}

/// What a check came to.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) outcome: Outcome,
    pub(crate) blame: Option<Blame>,
    pub(crate) reason: Option<String>,
    pub(crate) evidence: Vec<Evidence>,
}

impl StepEnd {
    /// With what was seen before.
    pub(crate) fn after(mut self, mut seen: Vec<Evidence>) -> Self {
        let (Self::Held(evidence)
        | Self::Failed { evidence, .. }
        | Self::Inconclusive { evidence, .. }
        | Self::Errored { evidence, .. }) = &mut self;
        seen.append(evidence);
        *evidence = seen;
        self
    }

    /// With where or when it came to this before what it came to, as in "round 2 of 3".
    pub(crate) fn said_of(mut self, surrounding: &str) -> Self {
        if let Self::Failed { reason, .. } | Self::Inconclusive { reason, .. } = &mut self {
            *reason = format!("{surrounding}: {reason}");
        }
        self
    }

    pub(crate) fn errored(reason: impl Into<String>) -> Self {
        Self::Errored {
            reason: reason.into(),
            evidence: Vec::new(),
        }
    }
}

impl Verdict {
    pub(crate) fn passed() -> Self {
        Self {
            outcome: Outcome::Passed,
            blame: None,
            reason: None,
            evidence: Vec::new(),
        }
    }

    pub(crate) fn failed(reason: impl Into<String>, evidence: Vec<Evidence>) -> Self {
        Self {
            outcome: Outcome::Failed,
            blame: Some(Blame::Submission),
            reason: Some(reason.into()),
            evidence,
        }
    }

    pub(crate) fn errored(reason: impl Into<String>, evidence: Vec<Evidence>) -> Self {
        Self {
            outcome: Outcome::Errored,
            blame: Some(Blame::Ours),
            reason: Some(reason.into()),
            evidence,
        }
    }

    pub(crate) fn inconclusive(reason: impl Into<String>, evidence: Vec<Evidence>) -> Self {
        Self {
            outcome: Outcome::Inconclusive,
            blame: Some(Blame::Nobody),
            reason: Some(reason.into()),
            evidence,
        }
    }

    pub(crate) fn skipped(blame: Blame, reason: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Skipped,
            blame: Some(blame),
            reason: Some(reason.into()),
            evidence: Vec::new(),
        }
    }
}
