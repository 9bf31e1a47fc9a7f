//! What a build's steps may use.

use std::fmt::Write as _;

use bollard::{BollardRequest, Docker};

use crate::{BuildLimits, Engine};

/// The kernel's usual period of a quota of cores, in microseconds.
const CPU_PERIOD: u32 = 100_000;

/// Files that one process of a build may have open.
const OPEN_FILES: u32 = 4096;

/// The engine, with limits on each build that is asked of it. They are added to the request itself:
/// bollard's options hold no more than 2 GiB and know no limit on open files.
pub(crate) fn limited(engine: &Engine, limits: BuildLimits, parent: Option<&str>) -> Docker {
    let mut query = query(limits);
    if let Some(parent) = parent {
        let _ = write!(query, "&cgroupparent={parent}");
    }
    engine
        .docker()
        .clone()
        .with_request_modifier(move |request| with_query(request, &query))
}

fn query(limits: BuildLimits) -> String {
    let memory = limits.memory;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float is cut to what the integer holds"
    )]
    let quota = (limits.cpus * f64::from(CPU_PERIOD)) as u64;
    // `ulimits` is JSON: [{"Name":"nofile","Soft":4096,"Hard":4096}].
    let ulimits = format!(
        "%5B%7B%22Name%22%3A%22nofile%22%2C%22Soft%22%3A{OPEN_FILES}%2C%22Hard%22%3A{OPEN_FILES}%7D%5D"
    );
    // Memory and swap together are as much as memory alone: no swap.
    format!(
        "memory={memory}&memswap={memory}&cpuperiod={CPU_PERIOD}&cpuquota={quota}&ulimits={ulimits}"
    )
}

fn with_query(mut request: BollardRequest, query: &str) -> BollardRequest {
    let uri = request.uri().to_string();
    let join = if uri.contains('?') { '&' } else { '?' };
    *request.uri_mut() = format!("{uri}{join}{query}")
        .parse()
        .expect("an address with more of a query, all of it escaped, is an address");
    request
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn limits_are_said_in_the_engines_units() {
        let query = query(BuildLimits {
            time: Duration::from_secs(1),
            memory: 3 << 30,
            cpus: 1.5,
            pids: 100,
            disk: 1,
        });
        for part in [
            "memory=3221225472&",
            "memswap=3221225472&",
            "cpuquota=150000&",
        ] {
            assert!(query.contains(part), "{query}");
        }
    }
}
