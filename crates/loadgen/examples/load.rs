//! The engine alone, for measuring it:
//!
//!     cargo run --release -p loadgen --example load -- URL CONNECTIONS SECONDS [RATE]
//!
//! prints the result as JSON, as `tryout load` does.

use std::{error::Error, io::Write, time::Duration};

use loadgen::{
    expectation::Expectation,
    load::{Arrival, Load, Pace, Ramp, Rate},
    request::{Prepared, Weighted},
    run::run,
    stop::Stop,
    target::Target,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [url, connections, seconds, rest @ ..] = &args[..] else {
        return Err("give URL CONNECTIONS SECONDS [RATE]".into());
    };
    let connections = connections.parse()?;
    let uri: http::Uri = url.parse()?;
    let pace = match rest {
        [] => Pace::Closed { connections },
        [rate, ..] => Pace::Open {
            ramp: Ramp::constant(Rate::new(rate.parse()?)?),
            arrival: Arrival::Constant,
            connections,
        },
    };
    let load = Load {
        target: Target::new(&uri)?,
        mix: vec![Weighted {
            name: url.clone(),
            weight: 1,
            request: Prepared::get(uri),
            expectation: Expectation::default(),
        }],
        pace,
        warm_up: Duration::ZERO,
        duration: Duration::from_secs_f64(seconds.parse()?),
        timeout: Duration::from_secs(10),
        limit: Duration::from_hours(1),
        threads: 1,
        core: None,
        seed: 0,
    };
    let measured = run(&load, &Stop::new()).await?;
    let json = serde_json::to_string_pretty(&measured.summary())?;
    writeln!(std::io::stdout(), "{json}")?;
    Ok(())
}
