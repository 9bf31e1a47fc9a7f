//! `tryout doctor`: what this machine can and cannot do, and what to install.

use std::{env, fmt::Write as _, path::Path, process::ExitCode};

use report::exit;
use runner::{
    DockerBackend, Engine, HostNetwork, RunnerError,
    images::{BootstrapError, ImageKind, ImageRow, ImageStore},
    local::Abilities,
};

use crate::{
    failure::Failure,
    output::{self, Look},
    places::Places,
};

/// One thing looked at.
struct Finding {
    good: bool,
    /// Whether grading is impossible without it.
    needed: bool,
    what: String,
}

pub(crate) async fn run(places: &Places) -> Result<ExitCode, Failure> {
    let mut findings = vec![challenges(places)];
    match Engine::connect().await {
        Ok(engine) => {
            let facts = engine.facts();
            findings.push(good(format!(
                "{}, API {}, {}",
                facts.name, facts.api, facts.platform
            )));
            let store = store(places, engine.clone())?;
            findings.extend(images(&store).await?);
            findings.extend(isolation(DockerBackend::new(engine, store)).await?);
        }
        Err(error) => findings.push(bad(
            true,
            format!("{}\n        {}", Failure::ours(&error), way_to_one(&error)),
        )),
    }
    findings.push(local().await);
    let look = Look::stdout();
    let mut text = String::new();
    for finding in &findings {
        let _ = writeln!(text, "  {:6} {}", word(finding, look), finding.what);
    }
    output::data(&text);
    let able = findings
        .iter()
        .all(|finding| finding.good || !finding.needed);
    output::say(if able {
        "this machine can grade\n"
    } else {
        "this machine cannot grade yet\n"
    });
    Ok(if able {
        exit::ExitCode::Success.into()
    } else {
        exit::ExitCode::OursAtFault.into()
    })
}

/// How to come by an engine.
fn way_to_one(error: &RunnerError) -> &'static str {
    if error.is_denied() {
        "This user may not use it: who is in the group `docker` may, and is as good as root. An engine of this user's own: as root on Debian, apt-get install docker.io rootlesskit uidmap slirp4netns; then, as this user, dockerd-rootless.sh, and DOCKER_HOST names its socket."
    } else {
        "As root on Debian: apt-get install docker.io, then start dockerd. Elsewhere: DOCKER_HOST or `docker context use` name another engine."
    }
}

fn challenges(places: &Places) -> Finding {
    match places.names_or_all(&[]) {
        Ok(names) => good(format!("challenges: {}", names.join(", "))),
        Err(failure) => bad(true, failure.to_string()),
    }
}

/// What can be run without containers, which is one's own code only.
async fn local() -> Finding {
    let Abilities { there, missing } = runner::local::abilities().await;
    let list = |all: &[String], glue: &str| match all {
        [] => "nothing".to_owned(),
        all => all.join(glue),
    };
    let mut what = format!(
        "without containers (your own code only, isolated by nothing): {}",
        list(&there, ", ")
    );
    if !missing.is_empty() {
        let _ = write!(what, "\n        Missing for that: {}", missing.join("; "));
    }
    Finding {
        good: missing.is_empty(),
        needed: false,
        what,
    }
}

fn store(places: &Places, engine: Engine) -> Result<ImageStore, Failure> {
    let recipes = places.runner_images()?;
    ImageStore::new(engine, &recipes, HostNetwork::of_environment())
        .map_err(|error| Failure::input(&error))
}

/// What of the isolation this engine cannot enforce: graded all the same, unless strictness is asked
/// for.
async fn isolation(backend: DockerBackend) -> Result<Vec<Finding>, Failure> {
    let items = backend.enforceable().await;
    let items = items.map_err(|error| Failure::ours(&error))?;
    let runtimes = backend.runtimes().await;
    let runtimes = runtimes.map_err(|error| Failure::ours(&error))?;
    let (held, missing): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.enforced);
    let held: Vec<_> = held.into_iter().map(|item| item.item).collect();
    let always = "isolation: all that any engine enforces";
    let mut findings = vec![good(format!("{always}, and {}", held.join(", ")))];
    findings.extend(missing.into_iter().map(|item| {
        let (name, detail) = (item.item, item.detail);
        bad(
            false,
            format!("isolation: {name} cannot be enforced: {detail}"),
        )
    }));
    findings.push(good(format!("runtimes: {}", runtimes.join(", "))));
    Ok(findings)
}

/// Our images, and what makes them where some are missing.
async fn images(store: &ImageStore) -> Result<Vec<Finding>, Failure> {
    let there = store.list().await.map_err(|error| Failure::ours(&error))?;
    let missing: Vec<&str> = store
        .names()
        .filter(|name| !there.iter().any(|row| row.name == *name))
        .collect();
    if missing.is_empty() {
        let all = good("all our images are there".to_owned());
        return Ok(vec![all, cache(&there)]);
    }
    let tool = ["mmdebstrap", "debootstrap"]
        .into_iter()
        .find(|tool| on_path(tool));
    let mut findings = vec![bad(
        false,
        format!(
            "images not made yet: {}\n        They are made when needed, or now by `tryout images build`.",
            missing.join(", ")
        ),
    )];
    findings.push(match tool {
        Some(tool) if may_bootstrap() => good(format!("{tool} can bootstrap the base image")),
        Some(_) => bad(
            false,
            format!("the base image cannot be bootstrapped: {}", BootstrapError::NoIds),
        ),
        None => bad(
            false,
            "neither mmdebstrap nor debootstrap: the base image can only be pulled from a registry\n        As root on Debian: apt-get install mmdebstrap.".to_owned(),
        ),
    });
    Ok(findings)
}

/// Root may; others need ids of their own, which these programs give, or the program that pretends to.
fn may_bootstrap() -> bool {
    rustix::process::geteuid().is_root() || on_path("newuidmap") || on_path("fakechroot")
}

fn on_path(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|dir| is_there(&dir, program)))
}

fn is_there(dir: &Path, program: &str) -> bool {
    dir.join(program).is_file()
}

/// How much the caches hold, and what bounds them.
fn cache(rows: &[ImageRow]) -> Finding {
    let kept = rows.iter().filter(|row| row.kind != ImageKind::Ours);
    let own: u64 = kept.map(|row| row.own).sum();
    good(format!(
        "caches: {} MB; `tryout images prune --keep 10GB` bounds them",
        own.div_ceil(1_000_000)
    ))
}

fn good(what: String) -> Finding {
    Finding {
        good: true,
        needed: false,
        what,
    }
}

fn bad(needed: bool, what: String) -> Finding {
    Finding {
        good: false,
        needed,
        what,
    }
}

fn word(finding: &Finding, look: Look) -> String {
    let (word, colour) = match (finding.good, finding.needed) {
        (true, _) => ("ok", 32),
        (false, false) => ("note", 33),
        (false, true) => ("lacks", 31),
    };
    if look.colour {
        format!("\u{1b}[{colour}m{word:6}\u{1b}[0m")
    } else {
        word.to_owned()
    }
}
