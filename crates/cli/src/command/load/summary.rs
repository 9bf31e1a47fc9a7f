//! What people read after a load.

use std::{fmt::Write as _, time::Duration};

use loadgen::measured::{Latency, Measured, Second};

use super::plot;
use crate::output::Look;

/// The first column.
const NAMES: usize = 14;

pub(super) fn text(measured: &Measured, look: Look) -> String {
    let mut text = String::new();
    if measured.stopped {
        line(&mut text, "stopped", "before its time; the figures so far");
    }
    let rate = measured.requests_per_second();
    let seconds = measured.elapsed.as_secs_f64();
    line(
        &mut text,
        "requests/s",
        &format!("{}, over {seconds:.1} s", figure(rate)),
    );
    line(&mut text, "answers", &answers(measured));
    if measured.latency.count() > 0 {
        line(&mut text, "latency", &latency(&measured.latency));
    }
    let received = exact(measured.received) / seconds.max(1e-9);
    line(&mut text, "received", &format!("{}/s", size(received)));
    series(&mut text, measured, look);
    for (kind, count) in &measured.errors {
        line(
            &mut text,
            "error",
            &format!("{} {}", grouped(*count), kind.says()),
        );
    }
    audit(&mut text, measured);
    text
}

fn line(text: &mut String, name: &str, what: &str) {
    // A String takes everything.
    let _ = writeln!(text, "{name:<NAMES$}{what}");
}

fn answers(measured: &Measured) -> String {
    let mut said = format!("{} right", grouped(measured.right));
    let failed = measured.failed();
    let _ = write!(said, ", {} failed", grouped(failed));
    if failed > 0 {
        let _ = write!(said, " ({:.2} %)", measured.error_rate() * 100.0);
    }
    if measured.unfinished > 0 {
        let _ = write!(said, ", {} unfinished", grouped(measured.unfinished));
    }
    said
}

fn latency(latency: &Latency) -> String {
    let at = |share| time(latency.quantile(share));
    format!(
        "p50 {}   p90 {}   p99 {}   p99.9 {}   max {}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        time(latency.max())
    )
}

/// A row of bars for each second, where there is more than one.
fn series(text: &mut String, measured: &Measured, look: Look) {
    // The last second is often a part of one.
    let whole = usize::try_from(measured.elapsed.as_secs()).unwrap_or(usize::MAX);
    let seconds = &measured.series[..measured.series.len().min(whole)];
    if seconds.len() < 2 {
        return;
    }
    let row = |of: &dyn Fn(&Second) -> f64| -> Vec<f64> { seconds.iter().map(of).collect() };
    let width = look.width.saturating_sub(NAMES + 24);
    let bars = |figures: &[f64]| plot::bars(figures, width, look.unicode);
    let right = row(&|second| exact(second.right));
    let (least, most) = ends(&right);
    let said = format!("{}  {} to {}", bars(&right), figure(least), figure(most));
    line(text, "each second", &said);
    // A second without an answer has no latency, and is a blank.
    let slow = row(&|second| second.latency.quantile(0.99).as_secs_f64());
    let answered: Vec<f64> = slow
        .iter()
        .zip(seconds)
        .filter(|(_, second)| second.latency.count() > 0)
        .map(|(p99, _)| *p99)
        .collect();
    if !answered.is_empty() {
        let (least, most) = ends(&answered);
        let said = format!(
            "{}  {} to {}",
            bars(&slow),
            time(Duration::from_secs_f64(least)),
            time(Duration::from_secs_f64(most))
        );
        line(text, "its p99", &said);
    }
    let failed = row(&|second| exact(second.failed));
    let (least, most) = ends(&failed);
    if most > 0.0 {
        let said = format!("{}  {} to {}", bars(&failed), figure(least), figure(most));
        line(text, "its errors", &said);
    }
}

fn ends(figures: &[f64]) -> (f64, f64) {
    let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
    (least, figures.iter().copied().fold(0.0, f64::max))
}

fn audit(text: &mut String, measured: &Measured) {
    let audit = &measured.audit;
    let mut said = format!("{:.0} % of", measured.cpu_share() * 100.0);
    let _ = match audit.threads {
        1 => write!(said, " a core"),
        threads => write!(said, " {threads} cores"),
    };
    let _ = write!(said, ", {} connections", grouped(audit.connections));
    if audit.lag.count() > 0 {
        let lag = time(audit.lag.quantile(0.99));
        let _ = write!(said, ", sent late by {lag} (p99)");
    }
    if audit.queued > 0 {
        let queued = grouped(audit.queued);
        let _ = write!(said, ", {queued} waited for a connection");
    }
    line(text, "generator", &said);
    if let Some(saturation) = audit.saturated {
        let why = saturation.says();
        line(
            text,
            "saturated",
            &format!("{why}: conclude nothing about the server"),
        );
    }
}

/// Three digits and a unit.
fn time(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1000.0;
    match millis {
        ..0.9995 => format!("{:.0} us", millis * 1000.0),
        ..9.995 => format!("{millis:.2} ms"),
        ..99.95 => format!("{millis:.1} ms"),
        ..999.5 => format!("{millis:.0} ms"),
        _ => format!("{:.2} s", millis / 1000.0),
    }
}

fn size(bytes: f64) -> String {
    let (number, unit) = match bytes {
        ..1e3 => (bytes, "B"),
        ..1e6 => (bytes / 1e3, "kB"),
        ..1e9 => (bytes / 1e6, "MB"),
        _ => (bytes / 1e9, "GB"),
    };
    format!("{number:.1} {unit}")
}

/// A figure that may have a fraction.
fn figure(number: f64) -> String {
    if number < 99.95 {
        return format!("{number:.1}");
    }
    grouped_text(&format!("{number:.0}"))
}

fn grouped(number: u64) -> String {
    grouped_text(&number.to_string())
}

/// With a comma before each three digits.
fn grouped_text(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn exact(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(figure(0.25), "0.2");
        assert_eq!(figure(18_239.6), "18,240");
        assert_eq!(size(12_340_000.0), "12.3 MB");
    }

    #[test]
    fn times_have_three_digits() {
        let said = |micros| time(Duration::from_micros(micros));
        assert_eq!(said(42), "42 us");
        assert_eq!(said(1_234), "1.23 ms");
        assert_eq!(said(12_345), "12.3 ms");
        assert_eq!(said(123_456), "123 ms");
        assert_eq!(said(1_234_567), "1.23 s");
    }
}
