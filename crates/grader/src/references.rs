//! The references that a plan names beside its subject: solutions or the starter of the challenge, each in
//! a sandbox of its own, opened beside the subject or when the first check needs it. What goes wrong with them is ours.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use challenge_spec::model::{REFERENCE, STARTER};
use runner::{
    Alone, AppState, Backend, Opening, Restart, RunnerEvent, Sandbox,
    practice::{Language, Sources},
};
use tokio::sync::{Mutex, MutexGuard};

use crate::{Plan, Subject, SubjectKind, finish, manifest, practice};

/// Sandboxes by name: `reference:python`, `starter`.
pub(crate) struct References<'a> {
    plan: &'a Plan,
    backend: &'a dyn Backend,
    opened: Openings,
}

/// What came of opening each, kept also where it failed.
pub(crate) type Openings = BTreeMap<String, Mutex<Slot>>;

/// Of one reference.
#[derive(Default)]
pub(crate) struct Slot {
    opened: Option<Opened>,
    /// Whether no check has used it: it is as at first.
    fresh: bool,
}

type Opened = Result<Arc<dyn Sandbox>, String>;

impl<'a> References<'a> {
    pub(crate) fn of(plan: &'a Plan, backend: &'a dyn Backend) -> Self {
        Self::going_on(plan, backend, Openings::new())
    }

    /// With those that stand already, for the same run.
    pub(crate) fn going_on(plan: &'a Plan, backend: &'a dyn Backend, mut opened: Openings) -> Self {
        for name in &plan.references {
            opened.entry(name.clone()).or_default();
        }
        Self {
            plan,
            backend,
            opened,
        }
    }

    pub(crate) fn into_openings(self) -> Openings {
        self.opened
    }

    /// Opens them all, before any check asks.
    pub(crate) async fn prepare(&self) {
        let names = self.opened.keys();
        futures_util::future::join_all(names.map(|name| self.slot(name))).await;
    }

    /// What came of opening it, by now.
    async fn slot(&self, name: &str) -> Option<MutexGuard<'_, Slot>> {
        let mut slot = self.opened.get(name)?.lock().await;
        if slot.opened.is_none() {
            slot.opened = Some(self.open(name).await.map_err(|why| failed(name, &why)));
            slot.fresh = true;
        }
        Some(slot)
    }

    /// A reference that runs, as at first where that is asked for.
    pub(crate) async fn ready(&self, name: &str, reset: bool) -> Opened {
        let slot = self.slot(name).await;
        let mut slot = slot.ok_or_else(|| failed(name, "the plan does not name it"))?;
        let Some(opened) = slot.opened.clone() else {
            return Err(failed(name, "it was not opened"));
        };
        let sandbox = opened?;
        // It may have stood for a while before the first check asks.
        let is_fresh = std::mem::take(&mut slot.fresh);
        let again = if reset && !is_fresh {
            sandbox.reset(&Alone).await.map(|reset| reset.app)
        } else {
            match sandbox.app_state().await {
                Ok(AppState::Running) => Ok(Restart::Ready),
                Ok(AppState::Exited { .. }) => sandbox.restart_app().await,
                Err(error) => Err(error),
            }
        };
        match again {
            Ok(Restart::Ready) => Ok(sandbox),
            Ok(Restart::Refused(failure)) => Err(failed(name, &failure.to_string())),
            Err(error) => Err(failed(name, &finish::chain(&error))),
        }
    }

    /// The challenge's starter in the subject's own language, else its first.
    fn starter(&self) -> Option<(SubjectKind, PathBuf)> {
        let starters = &self.plan.challenge.file.starters;
        let own = || {
            let setup = manifest::of(self.plan, self.backend.ground()).ok()?.ok();
            let runtime = setup.and_then(|setup| Language::of_runtime(setup.runtime()?));
            let sources = Sources::of(&self.plan.subject.snapshot, runtime).ok()??;
            let (name, _) = practice::starter(self.plan, sources.language)?;
            starters.get_key_value(&name)
        };
        let (name, folder) = own().or_else(|| starters.first())?;
        Some((SubjectKind::Starter(name.clone()), folder.clone()))
    }

    async fn open(&self, name: &str) -> Opened {
        let challenge = &self.plan.challenge;
        let named = if name == STARTER {
            self.starter()
        } else {
            let name = name.strip_prefix(REFERENCE).unwrap_or(name);
            let folder = challenge.file.solutions.get(name);
            folder.map(|folder| (SubjectKind::Solution(name.to_owned()), folder.clone()))
        };
        let (kind, folder) = named.ok_or_else(|| "the challenge has none such".to_owned())?;
        let folder = challenge.dir.join(folder);
        let said = |error: &dyn std::error::Error| finish::chain(error);
        let subject = Subject::of_folder(challenge, kind, &folder).map_err(|error| said(&error))?;
        let setup = manifest::setup(&subject.snapshot, self.backend.ground())
            .map_err(|error| said(&error))?;
        let setup = setup.map_err(|failure| failure.to_string())?;
        let mut spec = self.plan.sandbox(setup);
        // Nobody asks a second instance of it.
        spec.replicated = false;
        // What is told of a run is told of its subject.
        let silent = |event: RunnerEvent| tracing::debug!(?event, "reference");
        match self.backend.open(&spec, &subject.snapshot, &silent).await {
            Ok(Opening::Ready(sandbox)) => Ok(Arc::from(sandbox)),
            Ok(Opening::Refused { failure, .. }) => Err(failure.to_string()),
            Err(error) => Err(said(&error)),
        }
    }
}

fn failed(name: &str, why: &str) -> String {
    match name.strip_prefix(REFERENCE) {
        Some(name) => format!("the reference `{name}` cannot be used: {why}"),
        None => format!("the {name} cannot be used: {why}"),
    }
}
