//! Implementations of the challenge, ready to be started. What goes wrong with them is ours.

use runner::{SandboxSpec, setup::Ground, snapshot::Snapshot};

use crate::{Plan, Subject, SubjectKind, finish, manifest, sandbox_spec};

/// An implementation's files, and the sandbox that they are started in.
#[derive(Debug)]
pub(super) struct Implementation {
    pub(super) files: Snapshot,
    pub(super) spec: SandboxSpec,
}

/// Reads an implementation, with its patch where it has one.
pub(super) fn read(plan: &Plan, ground: Ground, name: &str) -> Result<Implementation, String> {
    let said = |error: &dyn std::error::Error| finish::chain(error);
    let challenge = &plan.challenge;
    let named = challenge.file.implementations.get(name);
    let named = named.ok_or_else(|| "the challenge has none of that name".to_owned())?;
    let kind = SubjectKind::Implementation(name.to_owned());
    let folder = challenge.dir.join(&named.from);
    let subject = Subject::of_folder(challenge, kind, &folder).map_err(|error| said(&error))?;
    let subject = match &named.patch {
        None => subject,
        Some(patch) => {
            let patched = subject.patched(challenge, &challenge.dir.join(patch));
            patched.map_err(|error| said(&error))?
        }
    };
    let setup = manifest::setup(&subject.snapshot, ground).map_err(|error| said(&error))?;
    let setup = setup.map_err(|failure| failure.to_string())?;
    Ok(Implementation {
        spec: sandbox_spec::of_implementation(plan, setup),
        files: subject.snapshot,
    })
}
