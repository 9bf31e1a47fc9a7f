use std::{collections::BTreeMap, sync::Arc};

use challenge_spec::{
    Challenge, Skills,
    model::{ChallengeFile, Check},
};
use indexmap::IndexMap;
use probe::expression::{RenderError, Scope, Seeds};
use runner::{RunId, SandboxSpec, setup::Setup, snapshot::Snapshot};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::{
    Selection, SelectionError, Subject, sandbox_spec,
    stubs::{self, Behaviours},
};

/// What is to be graded: one subject, by one challenge, with one seed.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) run: RunId,
    pub(crate) challenge: Arc<Challenge>,
    pub(crate) challenge_digest: String,
    pub(crate) subject: Subject,
    pub(crate) seed: u64,
    pub(crate) checks: Vec<String>,
    pub(crate) partial: bool,
    pub(crate) until_lost: bool,
    pub(crate) with_practice: bool,
    /// The other subjects that its checks compare the subject with.
    pub(crate) references: Vec<String>,
    pub(crate) env: IndexMap<String, Value>,
    /// What its stubs do at the start of each check.
    pub(crate) stubs: Behaviours,
    pub(crate) skill_titles: BTreeMap<String, String>,
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The wrong checks were asked for.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// A value of the app's environment cannot be computed.
    #[error("the value of `app.env.{name}` in the challenge `{challenge}` cannot be computed")]
    Env {
        /// The challenge's id.
        challenge: String,
        /// The variable.
        name: String,
        /// Why.
        #[source]
        source: RenderError,
    },
    /// What a stub is to do cannot be computed.
    #[error("the routes of the stub `{service}` in the challenge `{challenge}` cannot be computed")]
    Stub {
        /// The challenge's id.
        challenge: String,
        /// The stub.
        service: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Plan {
    /// Compiles a plan. `challenge_files` are the challenge's own, for its digest.
    pub fn compile(
        challenge: Arc<Challenge>,
        challenge_files: &Snapshot,
        skills: &Skills,
        subject: Subject,
        seed: u64,
        selection: &Selection,
    ) -> Result<Self, PlanError> {
        let checks = selection.of(&challenge.file)?;
        let env = app_env(&challenge.file, seed)?;
        let object = env
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()));
        let stubs = stubs::at_first(&challenge.file, seed, &object.collect());
        let stubs = stubs.map_err(|(service, source)| PlanError::Stub {
            challenge: challenge.id().to_owned(),
            service,
            source: source.into(),
        })?;
        Ok(Self {
            run: RunId::random(),
            challenge_digest: challenge_files.digest().to_owned(),
            partial: *selection != Selection::All,
            until_lost: false,
            with_practice: false,
            references: references(&challenge.file, &checks),
            challenge,
            subject,
            seed,
            checks,
            env,
            stubs,
            skill_titles: skills
                .roots()
                .map(|(id, root)| (id.to_owned(), root.title.clone()))
                .collect(),
        })
    }

    /// The same, with its checks tried in the order of these ids, each still behind those that it
    /// requires; what is not named comes last. The report is in the challenge's order all the same.
    #[must_use]
    pub fn in_order_of(mut self, ids: &[String]) -> Self {
        let place = |id: &String| ids.iter().position(|other| other == id);
        self.checks
            .sort_by_key(|id| place(id).unwrap_or(usize::MAX));
        self
    }

    /// The same, ended by the first check that fails: for those who ask only whether any does. The
    /// report lacks the checks behind it.
    #[must_use]
    pub fn until_lost(mut self) -> Self {
        self.until_lost = true;
        self
    }

    /// The same, with the usual tools of the subject's language asked about its files: for those who read
    /// the report.
    #[must_use]
    pub fn with_practice(mut self) -> Self {
        self.with_practice = true;
        self
    }

    /// The ids of its checks in the order in which they are tried.
    pub fn order(&self) -> Vec<&str> {
        let ordered = crate::grade::in_order(self);
        ordered.iter().map(|check| check.id.as_str()).collect()
    }

    /// The digest of the challenge's files.
    pub fn challenge_digest(&self) -> &str {
        &self.challenge_digest
    }

    /// Labels of everything that the run makes.
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// The same, as a part of another plan's run: what that has made is used on.
    pub(crate) fn in_run_of(self, other: &Self) -> Self {
        Self {
            run: other.run.clone(),
            ..self
        }
    }

    /// The ids of the checks asked for, in the challenge's order.
    pub fn check_ids(&self) -> &[String] {
        &self.checks
    }

    /// Of the challenge's and the subject's files together: alike where nothing has changed.
    pub fn files_digest(&self) -> String {
        format!(
            "{} {}",
            self.challenge_digest,
            self.subject.snapshot.digest()
        )
    }

    /// What is graded.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Whether any of its checks uses the subject itself, and not its tests alone.
    pub(crate) fn needs_app(&self) -> bool {
        !self.checks().all(Check::is_of_tests)
    }

    /// What its checks compare what is graded with, each to be run in a sandbox of its own when a check
    /// needs it: `reference:python`, `starter`.
    pub fn references(&self) -> &[String] {
        &self.references
    }

    /// The sandbox that it needs, for a subject that is run so.
    pub fn sandbox(&self, setup: Setup) -> SandboxSpec {
        sandbox_spec::of(self, setup)
    }

    pub(crate) fn skill_title(&self, root: &str) -> String {
        self.skill_titles
            .get(root)
            .map_or(root, String::as_str)
            .to_owned()
    }

    pub(crate) fn file(&self) -> &ChallengeFile {
        &self.challenge.file
    }

    /// Those asked for, in the challenge's order.
    pub(crate) fn checks(&self) -> impl Iterator<Item = &Check> {
        self.file()
            .checks
            .iter()
            .filter(|check| self.checks.contains(&check.id))
    }

    /// Those asked for, in the order in which they are to be tried.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = &Check> {
        let named = |id: &String| self.file().checks.iter().find(|check| check.id == *id);
        self.checks.iter().filter_map(named)
    }

    /// The environment as text, as the app gets it.
    pub(crate) fn env_text(&self) -> impl Iterator<Item = (String, String)> {
        self.env.iter().map(|(name, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            (name.clone(), text)
        })
    }

    pub(crate) fn env_object(&self) -> Map<String, Value> {
        self.env
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}

fn references(challenge: &ChallengeFile, chosen: &[String]) -> Vec<String> {
    let checks = challenge.checks.iter();
    let mut names: Vec<String> = checks
        .filter(|check| chosen.contains(&check.id))
        .flat_map(Check::references)
        .map(str::to_owned)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn app_env(challenge: &ChallengeFile, seed: u64) -> Result<IndexMap<String, Value>, PlanError> {
    let scope = Scope::for_run(Seeds::new(seed));
    challenge
        .app
        .env
        .iter()
        .map(|(name, template)| {
            let value = scope.render(template).map_err(|source| PlanError::Env {
                challenge: challenge.id.clone(),
                name: name.clone(),
                source,
            })?;
            Ok((name.clone(), value))
        })
        .collect()
}
