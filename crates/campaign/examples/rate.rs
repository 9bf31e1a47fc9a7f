//! Sandboxes graded a minute with 1, 2, 4 and 8 at once: the starters and solutions of a challenge and
//! some of its defects, built before.
//!
//!     cargo run --release -p campaign --example rate -- challenges/orders-api
#![expect(clippy::print_stdout, reason = "a tool for a person")]

use std::{error::Error, path::PathBuf, sync::Arc, time::Instant};

use campaign::{Bench, Budget, Scope, Thoroughness, Told, verify};
use challenge_spec::{Challenge, Skills};
use grader::Events;
use runner::{DockerBackend, Engine, HostNetwork, images::ImageStore};

/// How many defects, the same ones each time.
const DEFECTS: u32 = 12;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("name a challenge's folder")?;
    let skills = Skills::embedded();
    let challenge = Arc::new(Challenge::load(&folder, &skills)?);
    let engine = Engine::connect().await?;
    let recipes = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../runner-images");
    let images = ImageStore::new(engine.clone(), &recipes, HostNetwork::of_environment())?;
    let backend = DockerBackend::new(engine, images);
    println!("| at once | sandboxes | seconds | a minute | findings |");
    println!("| ---: | ---: | ---: | ---: | ---: |");
    // The first builds everything and is not told.
    for (at_once, is_told) in [(2, false), (1, true), (2, true), (4, true), (8, true)] {
        let budget = Budget::of(at_once);
        let events = Events::silent();
        let bench = Bench {
            challenge: &challenge,
            skills: &skills,
            backend: &backend,
            budget: &budget,
            journal: None,
            events: &events,
            told: &|_: Told<'_>| {},
        };
        let how = Thoroughness {
            seed: 1,
            seeds: 1,
            repeat: 1,
            scope: Scope::Sample(DEFECTS),
        };
        let began = Instant::now();
        let proof = verify(&bench, how).await?;
        let seconds = began.elapsed().as_secs_f64();
        if is_told {
            // Nothing needs none.
            let sandboxes = proof.variants - 1;
            let rate = f64::from(u32::try_from(sandboxes)?) * 60.0 / seconds;
            let findings = proof.findings.len();
            println!("| {at_once} | {sandboxes} | {seconds:.0} | {rate:.1} | {findings} |");
        }
    }
    Ok(())
}
