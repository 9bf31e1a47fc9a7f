//! `tryout challenge verify`.

use std::{process::ExitCode, sync::Arc};

use campaign::{Mutate, Proof, Scope, Thoroughness};
use challenge_spec::mutants::Mutants;
use report::{
    certificate::{self, Certification},
    exit,
};
use runner::{Backend, mutator::Mutator};

use super::{bench, campaign::Campaign};
use crate::{
    args::{BackendName, Global, Verify},
    failure::Failure,
    output::{self, Look},
    places::{Found, Places, unreadable},
};

pub(crate) async fn run(
    global: &Global,
    places: &Places,
    args: &Verify,
) -> Result<ExitCode, Failure> {
    bench::demand_trust(&args.campaign.ground)?;
    demand_containers(args)?;
    let mut challenges = Vec::new();
    for name in places.names_or_all(&args.names)? {
        let found = places.challenge(&name)?;
        demand_solution(args, &found)?;
        challenges.push(found);
    }
    let ground = match args.campaign.ground.backend {
        BackendName::Docker => {
            let docker = bench::docker(places, Some(&args.campaign.ground.isolation))
                .await?
                .map_err(|error| Failure::ours(&error))?;
            let docker = Arc::new(docker);
            Ground {
                backend: docker.clone(),
                mutator: Some(docker),
            }
        }
        BackendName::Local => Ground {
            backend: Arc::new(bench::local()),
            mutator: None,
        },
    };
    let mut worst = exit::ExitCode::Success;
    for found in &challenges {
        let code = Box::pin(one(global, args, &ground, found)).await?;
        worst = worst.max(code);
    }
    Ok(worst.into())
}

/// What proofs are made on.
struct Ground {
    backend: Arc<dyn Backend>,
    /// None without containers.
    mutator: Option<Arc<dyn Mutator>>,
}

/// A certificate is of sandboxes as every submission gets them, and changes are made in a container.
fn demand_containers(args: &Verify) -> Result<(), Failure> {
    let flag = match (args.campaign.ground.backend, args.write, args.mutate) {
        (BackendName::Local, true, _) => "--write",
        (BackendName::Local, _, Some(_)) => "--mutate",
        _ => return Ok(()),
    };
    Err(Failure::Input(format!(
        "{flag} needs containers, and --backend local starts none: leave one of them out"
    )))
}

/// Not after an hour's proof.
fn demand_solution(args: &Verify, found: &Found) -> Result<(), Failure> {
    let file = &found.challenge.file;
    let unknown = |name: &&String| !file.solutions.contains_key(*name);
    let Some(unknown) = args.of.as_ref().filter(unknown) else {
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
    ground: &Ground,
    found: &Found,
) -> Result<exit::ExitCode, Failure> {
    if !args.write {
        // Whoever writes replaces it.
        certificate::read(&found.challenge.dir).map_err(|error| Failure::input(&error))?;
    }
    let mutants = Mutants::load(&found.challenge).map_err(unreadable)?;
    let (scope, kind) = match args.sample {
        Some(count) => (Scope::Sample(count), "-sample"),
        None => (Scope::All, ""),
    };
    let campaign = Campaign::new(
        global,
        &args.campaign,
        found,
        Arc::clone(&ground.backend),
        kind,
    )?;
    let how = Thoroughness {
        seed: campaign.seed(),
        seeds: args.seeds,
        repeat: args.repeat,
        scope,
    };
    let proving = campaign.run(async |bench| {
        let proof = ::campaign::verify(bench, how).await?;
        match (args.mutate, &ground.mutator) {
            (Some(count), Some(mutator)) => {
                let how = mutation(args, found, count, how.seed);
                let mutated = ::campaign::mutate(bench, &**mutator, &mutants, &how).await?;
                Ok(proof.with(mutated))
            }
            _ => Ok(proof),
        }
    });
    let proof = proving.await?;
    if !global.json_events {
        output::data(&proof.render(Look::stdout().unicode));
    }
    if !proof.holds() {
        campaign.tell_astray();
    }
    if proof.proven() {
        certify(args, &*ground.backend, found, &proof, global.quiet)?;
    }
    if proof.holds() {
        campaign.over()?;
    }
    Ok(code(&proof))
}

fn mutation(args: &Verify, found: &Found, count: u32, seed: u64) -> Mutate {
    let first = found.challenge.file.solutions.keys().next();
    Mutate {
        count: usize::try_from(count).unwrap_or(usize::MAX),
        of: args.of.as_ref().or(first).cloned().unwrap_or_default(),
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
        let Some(certificate) = ::campaign::certificate(challenge, proof, backend.engine(), at)
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

fn code(proof: &Proof) -> exit::ExitCode {
    let ours = proof.findings.iter().any(::campaign::Finding::is_ours);
    match (proof.holds(), ours) {
        (true, _) => exit::ExitCode::Success,
        (false, false) => exit::ExitCode::BelowMinScore,
        (false, true) => exit::ExitCode::OursAtFault,
    }
}
