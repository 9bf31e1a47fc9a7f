//! `tryout load`: requests to an address, and what came of them.

mod plot;
mod summary;

use std::{fs, path::Path, process::ExitCode, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use loadgen::{
    expectation::{Expectation, Statuses},
    load::{Arrival, Load, LoadError, Pace, Ramp, Rate},
    measured::Measured,
    request::{Prepared, Weighted},
    run::run as run_load,
    stop::Stop,
    target::{Roots, Target, TargetError, Version},
};
use report::exit;

use crate::{
    args::{self, Global},
    failure::Failure,
    output::{self, Look},
    signal,
};

/// How long a load may take at most.
const LONGEST: Duration = Duration::from_hours(24);

/// Connections without a rate, as other tools have it.
const CONNECTIONS: u32 = 50;

/// The most connections at a rate: each request that is under way needs one.
const MOST_CONNECTIONS: u32 = 1000;

pub(crate) async fn run(global: &Global, args: &args::Load) -> Result<ExitCode, Failure> {
    let load = load(args)?;
    allow_files();
    let stop = Stop::new();
    let bar = progress(global, &load);
    let measuring = run_load(&load, &stop);
    tokio::pin!(measuring);
    let measured = tokio::select! {
        measured = &mut measuring => measured,
        _ = signal::first() => {
            stop.stop();
            measuring.await
        }
    };
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let measured = measured.map_err(|error| failure(&error))?;
    tell(args, &measured)?;
    Ok(if measured.right > 0 {
        exit::ExitCode::Success.into()
    } else {
        exit::ExitCode::BelowMinScore.into()
    })
}

fn failure(error: &LoadError) -> Failure {
    match error {
        LoadError::Thread { .. } => Failure::ours(error),
        _ => Failure::input(error),
    }
}

fn load(args: &args::Load) -> Result<Load, Failure> {
    let wrong = |error: &dyn std::error::Error| Failure::input(error);
    // Whatever follows the `#` is for browsers.
    let address = args.url.split('#').next().unwrap_or_default();
    let uri: http::Uri = address.parse().map_err(|_| {
        wrong(&TargetError::Address {
            address: address.to_owned(),
        })
    })?;
    let mut target = Target::new(&uri).map_err(|error| wrong(&error))?;
    if args.http2 {
        target = target.speaking(Version::Http2 {
            streams: args.streams,
        });
    }
    if let Some(file) = &args.ca {
        target = target.trusting(Roots::File(file.clone()));
    }
    let load = Load {
        target,
        mix: vec![Weighted {
            name: address.to_owned(),
            weight: 1,
            request: request(args, uri)?,
            expectation: Expectation {
                status: match &args.status[..] {
                    [] => Statuses::NoError,
                    statuses => Statuses::OneOf(statuses.to_vec()),
                },
                ..Expectation::default()
            },
        }],
        pace: pace(args).map_err(|error| wrong(&error))?,
        warm_up: args.warm_up,
        duration: args.duration,
        timeout: args.timeout,
        limit: LONGEST,
        threads: args.threads,
        core: None,
        seed: args.seed,
    };
    Ok(load)
}

fn pace(args: &args::Load) -> Result<Pace, LoadError> {
    let Some(rate) = args.rate else {
        return Ok(Pace::Closed {
            connections: args.connections.unwrap_or(CONNECTIONS),
        });
    };
    let from = Rate::new(rate)?;
    let to = args.ramp_to.map_or(Ok(from), Rate::new)?;
    Ok(Pace::Open {
        ramp: Ramp { from, to },
        arrival: if args.poisson {
            Arrival::Poisson
        } else {
            Arrival::Constant
        },
        connections: args.connections.unwrap_or(MOST_CONNECTIONS),
    })
}

fn request(args: &args::Load, target: http::Uri) -> Result<Prepared, Failure> {
    let body = match (&args.body, &args.body_file) {
        (Some(text), _) => text.clone().into_bytes(),
        (None, Some(file)) => fs::read(file)
            .map_err(|error| Failure::Input(format!("cannot read {}: {error}", file.display())))?,
        (None, None) => Vec::new(),
    };
    let usual = if body.is_empty() {
        http::Method::GET
    } else {
        http::Method::POST
    };
    let mut request = Prepared::get(target);
    request.method = args.method.clone().unwrap_or(usual);
    request.body = body.into();
    for (name, value) in &args.header {
        request.headers.append(name, value.clone());
    }
    let agent = concat!("tryout/", env!("CARGO_PKG_VERSION"));
    request
        .headers
        .entry(http::header::USER_AGENT)
        .or_insert(http::HeaderValue::from_static(agent));
    Ok(request)
}

/// As many open files as this process may have: each connection is one.
fn allow_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    // Where it may not, a load with too many connections is refused.
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    );
}

/// A bar of time, where somebody looks.
fn progress(global: &Global, load: &Load) -> Option<ProgressBar> {
    if global.quiet || !Look::stderr().live {
        return None;
    }
    let planned = load.warm_up + load.duration;
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {elapsed} {msg}") {
        bar.set_style(style);
    }
    bar.set_message(format!(
        "of {} s; Ctrl-C ends it with the figures so far",
        planned.as_secs()
    ));
    bar.enable_steady_tick(Duration::from_millis(200));
    Some(bar)
}

fn tell(args: &args::Load, measured: &Measured) -> Result<(), Failure> {
    let Some(file) = &args.json else {
        output::data(&summary::text(measured, Look::stdout()));
        return Ok(());
    };
    let mut json =
        serde_json::to_string_pretty(&measured.summary()).map_err(|error| Failure::ours(&error))?;
    json.push('\n');
    if file == Path::new("-") {
        output::say(&summary::text(measured, Look::stderr()));
        output::data(&json);
        return Ok(());
    }
    fs::write(file, json)
        .map_err(|error| Failure::Input(format!("cannot write {}: {error}", file.display())))?;
    output::data(&summary::text(measured, Look::stdout()));
    Ok(())
}
