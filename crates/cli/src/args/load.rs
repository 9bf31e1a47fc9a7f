use std::{path::PathBuf, time::Duration};

use clap::Args;

/// What `tryout load` is given.
#[derive(Debug, Args)]
pub(crate) struct Load {
    /// Where requests go: http:// or https://, with path and query
    pub(crate) url: String,
    /// How many connections; with --rate how many at most. 50, and 1000 with --rate, unless given
    #[arg(long, short, value_name = "N")]
    pub(crate) connections: Option<u32>,
    /// Send so many requests a second whatever the server does, and count latency from when each was due
    ///
    /// Without it every connection sends the next request when the last is answered: good for
    /// throughput, while latencies look better than users would see them, since a slow server is
    /// asked less.
    #[arg(long, short, value_name = "PER_SECOND", allow_negative_numbers = true)]
    pub(crate) rate: Option<f64>,
    /// Change the rate evenly to this one
    #[arg(
        long,
        value_name = "PER_SECOND",
        requires = "rate",
        allow_negative_numbers = true
    )]
    pub(crate) ramp_to: Option<f64>,
    /// Space requests as strangers come, instead of evenly
    #[arg(long, requires = "rate")]
    pub(crate) poisson: bool,
    /// For how long: 500ms, 10s, 2m, 1h
    #[arg(long, short, value_name = "TIME", default_value = "10s", value_parser = parse_time, allow_hyphen_values = true)]
    pub(crate) duration: Duration,
    /// For how long before anything is measured
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_time, allow_hyphen_values = true)]
    pub(crate) warm_up: Duration,
    /// How long a request may take
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = parse_time, allow_hyphen_values = true)]
    pub(crate) timeout: Duration,
    /// The method; GET, and POST with a body, unless given
    #[arg(long, short = 'X', value_name = "METHOD")]
    pub(crate) method: Option<http::Method>,
    /// A header, as `Name: value`; may be given several times
    #[arg(long, short = 'H', value_name = "HEADER", value_parser = parse_header)]
    pub(crate) header: Vec<(http::HeaderName, http::HeaderValue)>,
    /// The body
    #[arg(long, short, value_name = "TEXT", conflicts_with = "body_file")]
    pub(crate) body: Option<String>,
    /// The file that holds the body
    #[arg(long, value_name = "FILE")]
    pub(crate) body_file: Option<PathBuf>,
    /// The statuses that are right, such as 200,404; all below 400 unless given
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub(crate) status: Vec<u16>,
    /// Speak HTTP/2: by prior knowledge with http://, by ALPN with https://
    #[arg(long)]
    pub(crate) http2: bool,
    /// How many requests a connection carries at once
    #[arg(long, value_name = "N", requires = "http2", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) streams: u16,
    /// Trust the certificates in this file (PEM) instead of this machine's
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// On how many cores requests are made
    #[arg(long, short, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) threads: u16,
    /// Where chance comes from
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Write the result as JSON to this file; - is stdout, and the summary goes to stderr then
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time; write 500ms, 10s, 2m or 1h");
    let unit_at = text
        .find(|character: char| character.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "" | "s" => number,
        "m" => number * 60.0,
        "h" => number * 3600.0,
        _ => return Err(wrong()),
    };
    if seconds < 0.0 {
        return Err(format!("`{text}` is negative; a time is not"));
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
}

fn parse_header(text: &str) -> Result<(http::HeaderName, http::HeaderValue), String> {
    let wrong = || format!("`{text}` is no header; write `Name: value`");
    let (name, value) = text.split_once(':').ok_or_else(wrong)?;
    let name = name.trim().parse().map_err(|_| wrong())?;
    let value = value.trim().parse().map_err(|_| wrong())?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{parse_header, parse_time};

    #[test]
    fn times_have_units_or_are_seconds() {
        assert_eq!(parse_time("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_time("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse_time("3"), Ok(Duration::from_secs(3)));
        assert_eq!(parse_time("2m"), Ok(Duration::from_mins(2)));
        assert!(parse_time("-1s").unwrap_err().contains("negative"));
        for wrong in ["", "s", "1 fortnight", "1e400", "NaN", "inf"] {
            assert!(parse_time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn headers_are_names_and_values() {
        let (name, value) = parse_header("X-Key: a: b").unwrap();
        assert_eq!((name.as_str(), value.as_bytes()), ("x-key", &b"a: b"[..]));
        assert!(parse_header("no colon").is_err());
        assert!(parse_header("bad name: x").is_err());
    }
}
