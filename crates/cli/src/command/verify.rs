//! `tryout challenge verify`.

mod busy;
mod lines;
mod place;
mod record;

use std::{
    process::ExitCode,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use campaign::{
    Bench, Budget, Journal, JournalError, Mutate, Proof, Scope, Thoroughness, Told, VerifyError,
};
use challenge_spec::mutants::Mutants;
use grader::{Events, challenge_files};
use report::{
    certificate::{self, Certification},
    exit,
};
use runner::{Backend, RunId, mutator::Mutator};

use self::busy::Busy;
use super::bench;
use crate::{
    args::{BackendName, Global, Verify},
    failure::Failure,
    output::{self, Look},
    places::{Found, Places, unreadable},
    progress, signal,
};

pub(crate) async fn run(
    global: &Global,
    places: &Places,
    args: &Verify,
) -> Result<ExitCode, Failure> {
    bench::demand_trust(&args.ground)?;
    demand_containers(args)?;
    demand_use_of_names(args)?;
    let mut challenges = Vec::new();
    for name in places.names_or_all(&args.names)? {
        let found = places.challenge(&name)?;
        demand_solutions(args, &found)?;
        challenges.push(found);
    }
    let (docker, local);
    let ground = match args.ground.backend {
        BackendName::Docker => {
            docker = bench::docker(places, Some(&args.ground.isolation))
                .await?
                .map_err(|error| Failure::ours(&error))?;
            Ground {
                backend: &docker,
                mutator: Some(&docker),
            }
        }
        BackendName::Local => {
            local = bench::local();
            Ground {
                backend: &local,
                mutator: None,
            }
        }
    };
    let mut worst = exit::ExitCode::Success;
    for found in &challenges {
        let code = Box::pin(one(global, args, &ground, found)).await?;
        worst = worst.max(code);
    }
    Ok(worst.into())
}

/// What proofs are made on.
struct Ground<'a> {
    backend: &'a dyn Backend,
    /// None without containers.
    mutator: Option<&'a dyn Mutator>,
}

/// A certificate is of sandboxes as every submission gets them, and changes are made in a container.
fn demand_containers(args: &Verify) -> Result<(), Failure> {
    let flag = match (args.ground.backend, args.write, args.mutate) {
        (BackendName::Local, true, _) => "--write",
        (BackendName::Local, _, Some(_)) => "--mutate",
        _ => return Ok(()),
    };
    Err(Failure::Input(format!(
        "{flag} needs containers, and --backend local starts none: leave one of them out"
    )))
}

/// `--of` means something beside other flags only.
fn demand_use_of_names(args: &Verify) -> Result<(), Failure> {
    let wrong = match (args.of.len(), args.solutions, args.mutate) {
        (0, _, _) | (_, true, _) | (1, false, Some(_)) => return Ok(()),
        (_, false, None) => "--of needs --mutate or --solutions",
        (_, false, Some(_)) => "--mutate changes one solution: name it by one --of",
    };
    Err(Failure::Input(wrong.to_owned()))
}

/// Not after an hour's proof.
fn demand_solutions(args: &Verify, found: &Found) -> Result<(), Failure> {
    let file = &found.challenge.file;
    let unknown = args
        .of
        .iter()
        .find(|name| !file.solutions.contains_key(*name));
    let Some(unknown) = unknown else {
        return Ok(());
    };
    let known: Vec<_> = file.solutions.keys().map(String::as_str).collect();
    Err(Failure::Input(format!(
        "{} has no solution `{unknown}`; it has {}",
        file.id,
        known.join(", ")
    )))
}

async fn one(
    global: &Global,
    args: &Verify,
    ground: &Ground<'_>,
    found: &Found,
) -> Result<exit::ExitCode, Failure> {
    if !args.write {
        // Whoever writes replaces it.
        certificate::read(&found.challenge.dir).map_err(|error| Failure::input(&error))?;
    }
    if let Some(path) = &args.record {
        // Not after hours of grading.
        record::earlier(path)?;
    }
    let backend = ground.backend;
    let mutants = Mutants::load(&found.challenge).map_err(unreadable)?;
    let journal = journal(args, found)?;
    if !journal.is_empty() && !global.quiet {
        output::say(&format!(
            "going on with what an earlier proof found out, seed {}; --fresh grades everything again\n",
            journal.seed()
        ));
    }
    let how = Thoroughness {
        seed: args.seed.unwrap_or(journal.seed()),
        seeds: args.seeds,
        repeat: args.repeat,
        scope: scope(args),
        of: &args.of,
    };
    let budget = match args.jobs {
        Some(jobs) => Budget::of(jobs.into()),
        None => Budget::of_machine(&found.challenge.file),
    };
    let events = if global.json_events {
        progress::listener(global, Look::stderr())
    } else {
        Events::silent()
    };
    let opened: Mutex<Vec<RunId>> = Mutex::default();
    let lines = lines::of(global, Look::stderr());
    let told = |told: Told<'_>| {
        if let Told::Opens(run) = &told {
            let mut opened = opened.lock().unwrap_or_else(PoisonError::into_inner);
            opened.push((*run).clone());
        }
        lines(&told);
    };
    let bench = Bench {
        challenge: &found.challenge,
        skills: &found.skills,
        backend,
        budget: &budget,
        journal: Some(&journal),
        events: &events,
        told: &told,
    };
    let proving = async {
        let proof = campaign::verify(&bench, how).await?;
        match (args.mutate, ground.mutator) {
            (Some(count), Some(mutator)) => {
                let how = mutation(args, found, count, how.seed);
                let mutated = campaign::mutate(&bench, mutator, &mutants, &how).await?;
                Ok(proof.with(mutated))
            }
            _ => Ok(proof),
        }
    };
    let beside = Busy::start(args.busy);
    let began = Instant::now();
    let proving = signal::unless_stopped(proving).await;
    drop(beside);
    let took = began.elapsed();
    let proof = match proving {
        Ok(done) => done.map_err(|error| told_failure(&error))?,
        Err(stopped) => {
            let open = opened.into_inner().unwrap_or_else(PoisonError::into_inner);
            close_all(backend, &open).await;
            return Err(stopped);
        }
    };
    if !global.json_events {
        output::data(&proof.render(Look::stdout().unicode));
    }
    if let Some(path) = &args.record {
        record::write(path, args, &found.challenge, &proof, budget.at_once(), took)?;
    }
    if proof.proven() {
        certify(args, backend, found, &proof, global.quiet)?;
    }
    if proof.holds() {
        journal.remove().map_err(|error| Failure::ours(&error))?;
    }
    Ok(code(&proof))
}

fn scope(args: &Verify) -> Scope {
    match (args.sample, args.solutions) {
        (Some(count), _) => Scope::Sample(count),
        (None, true) => Scope::Solutions,
        (None, false) => Scope::All,
    }
}

fn mutation(args: &Verify, found: &Found, count: u32, seed: u64) -> Mutate {
    let first = found.challenge.file.solutions.keys().next();
    Mutate {
        count: usize::try_from(count).unwrap_or(usize::MAX),
        of: args.of.first().or(first).cloned().unwrap_or_default(),
        seed,
    }
}

/// Writes the certificate, or says how that is done: a command that only looks must not change what it
/// looks at.
fn certify(
    args: &Verify,
    backend: &dyn Backend,
    found: &Found,
    proof: &Proof,
    quiet: bool,
) -> Result<(), Failure> {
    let challenge = &found.challenge;
    let dir = &challenge.dir;
    if args.write {
        let at = chrono::Utc::now();
        let Some(certificate) = campaign::certificate(challenge, proof, backend.engine(), at)
        else {
            return Ok(());
        };
        let written =
            certificate::write(dir, certificate).map_err(|error| Failure::ours(&error))?;
        for path in written {
            output::say(&format!("{}\n", path.display()));
        }
        return Ok(());
    }
    let state = certificate::certification(dir, &proof.digest);
    if !quiet && matches!(state, Certification::NotCertified { .. }) {
        let state = state.sentence();
        output::say(&format!(
            "{state}; --write puts a certificate into {}\n",
            dir.display()
        ));
    }
    Ok(())
}

/// Where nothing can be kept there is a message and no proof: hours of work would hang by a thread.
fn journal(args: &Verify, found: &Found) -> Result<Journal, Failure> {
    let challenge = &found.challenge;
    let files = challenge_files(challenge).map_err(|error| Failure::input(&error))?;
    let path = match &args.journal {
        Some(path) => path.clone(),
        None => place::of_journal(challenge, scope(args))?,
    };
    let about = (challenge.file.id.as_str(), files.digest());
    let seed = args.seed.unwrap_or_else(bench::any_seed);
    let version = env!("CARGO_PKG_VERSION");
    Journal::open(&path, about, version, seed, args.fresh).map_err(|error| match error {
        JournalError::InUse { .. } => Failure::input(&error),
        JournalError::File { .. } => Failure::ours(&error),
    })
}

fn told_failure(error: &VerifyError) -> Failure {
    if error.is_ours() {
        Failure::ours(error)
    } else {
        Failure::input(error)
    }
}

async fn close_all(backend: &dyn Backend, runs: &[RunId]) {
    for run in runs {
        if let Err(error) = backend.close(run).await {
            tracing::warn!(%error, "a sandbox could not be removed");
        }
    }
}

fn code(proof: &Proof) -> exit::ExitCode {
    let ours = proof.findings.iter().any(campaign::Finding::is_ours);
    match (proof.holds(), ours) {
        (true, _) => exit::ExitCode::Success,
        (false, false) => exit::ExitCode::BelowMinScore,
        (false, true) => exit::ExitCode::OursAtFault,
    }
}
