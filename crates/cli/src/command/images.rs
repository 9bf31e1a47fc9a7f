//! `tryout images`.

use std::{fmt::Write as _, process::ExitCode, time::SystemTime};

use report::exit;
use runner::{
    Engine, HostNetwork, RunnerEvent,
    images::{ImageKind, ImageRow, ImageStore},
};

use crate::{
    args::Images,
    failure::Failure,
    output::{self},
    places::Places,
    signal,
};

pub(crate) async fn run(places: &Places, args: &Images) -> Result<ExitCode, Failure> {
    let recipes = places.runner_images()?;
    let engine = Engine::connect()
        .await
        .map_err(|error| Failure::ours(&error))?;
    let store = ImageStore::new(engine, &recipes, HostNetwork::of_environment())
        .map_err(|error| Failure::input(&error))?;
    match args {
        Images::Build { force } => {
            let progress = |event| {
                if let RunnerEvent::BuildLine(line) = event {
                    output::say(&format!("{}\n", report::neutral::brief(&line, 200)));
                }
            };
            let made = signal::unless_stopped(store.build_all(*force, &progress)).await?;
            let made = made.map_err(|error| Failure::ours(&error))?;
            let mut text = String::new();
            for (name, id) in made {
                let _ = writeln!(text, "{name:24} {id}");
            }
            output::data(&text);
        }
        Images::List => {
            let rows = store.list().await.map_err(|error| Failure::ours(&error))?;
            output::data(&table(&rows));
            let kept = rows.iter().filter(|row| row.kind != ImageKind::Ours);
            let own = kept.map(|row| row.own).sum();
            output::say(&format!("caches: {} of their own\n", size(own)));
        }
        Images::Prune { keep } => {
            let pruned = store
                .prune(*keep)
                .await
                .map_err(|error| Failure::ours(&error))?;
            output::data(&table(&pruned.removed));
            output::say(&format!(
                "removed {} images; {} are in use and stay\n",
                pruned.removed.len(),
                pruned.kept.len()
            ));
        }
    }
    Ok(exit::ExitCode::Success.into())
}

fn table(rows: &[ImageRow]) -> String {
    let mut text = String::new();
    for row in rows {
        let kind = match row.kind {
            ImageKind::Ours => "ours",
            ImageKind::Submission => "submission",
            ImageKind::Service => "service",
            ImageKind::Leftover => "leftover",
        };
        let _ = writeln!(
            text,
            "{kind:10} {:>8} {:>12}  used {:>8} ago  {}{}",
            size(row.size),
            format!("({} own)", size(row.own)),
            age(row.used),
            row.name,
            if row.in_use { "  (in use)" } else { "" }
        );
    }
    text
}

/// In whole megabytes of 1,000,000 bytes, as container engines print them.
fn size(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}

fn age(since: SystemTime) -> String {
    let seconds = since.elapsed().map_or(0, |elapsed| elapsed.as_secs());
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
