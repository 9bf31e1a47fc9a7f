//! Evidence as plain text, bounded: for formats that know no more than lines.

pub(super) mod capacity;
pub(super) mod fault;
mod keyspace;
pub(super) mod load;
pub(super) mod migration;

use serde_json::Value;

use crate::{
    model::{
        Answer, Burst, Comparison, Evidence, Exchange, Log, Mismatch, Plan, Printed, Query,
        Statements, Trouble, Upstream,
    },
    neutral::{self, brief, clip},
};

/// So many characters of a body, a row or a diff.
const TEXT: usize = 2_000;
/// So many characters of what stands on one line.
const LINE: usize = 400;
/// So many lines, rows, headers, mismatches or samples.
const MANY: usize = 40;
/// After so many bytes no further piece of evidence is begun.
const ALL: usize = 20_000;

/// The evidence of one check, bounded.
pub fn of(evidence: &[Evidence]) -> String {
    let mut out = Vec::new();
    for (index, piece) in evidence.iter().enumerate() {
        if out.iter().map(String::len).sum::<usize>() > ALL {
            let left = evidence.len() - index;
            push(
                &mut out,
                &format!("({left} more pieces of evidence are in report.json)"),
            );
            break;
        }
        match piece {
            Evidence::Exchange(exchange) => push_exchange(&mut out, exchange),
            Evidence::Burst(burst) => push_burst(&mut out, burst),
            Evidence::Query(query) => push_query(&mut out, query),
            Evidence::Statements(counted) => push_statements(&mut out, counted),
            Evidence::Plan(plan) => push_plan(&mut out, plan),
            Evidence::Keyspace(keyspace) => keyspace::push_keyspace(&mut out, keyspace),
            Evidence::Fault(fault) => {
                let step = brief(&fault.step, 20);
                push(
                    &mut out,
                    &format!("step {step}: {}", fault::in_words(fault)),
                );
            }
            Evidence::Upstream(counted) => push_upstream(&mut out, counted),
            Evidence::Printed(printed) => push_printed(&mut out, printed),
            Evidence::Comparison(comparison) => push_comparison(&mut out, comparison),
            Evidence::Load(load) => load::push(&mut out, load),
            Evidence::Capacity(capacity) => capacity::push(&mut out, capacity),
            Evidence::Migration(migration) => migration::push_migration(&mut out, migration),
            Evidence::Log(log) => push_log(&mut out, log),
            Evidence::Note(note) => push(&mut out, &block(note)),
        }
    }
    out.join("\n")
}

/// Why there is no whole answer, in words. Hostile text.
pub(crate) fn trouble(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Refused(why) => format!("connection refused: {why}"),
        Trouble::Closed(why) => format!("the connection ended before the answer did: {why}"),
        Trouble::TimedOut(ms) => format!("no whole answer within {ms} ms"),
        Trouble::TooLarge(bytes) => {
            format!("the body is larger than the {bytes} bytes that are read")
        }
        Trouble::Invalid(why) => format!("what came is no valid HTTP: {why}"),
    }
}

/// A JSON value on one line, bounded. Hostile text.
pub(crate) fn value(value: &Value, limit: usize) -> String {
    brief(&value.to_string(), limit)
}

fn push(out: &mut Vec<String>, text: &str) {
    out.push(text.trim_end_matches('\n').to_owned());
}

/// Several lines, harmless and bounded; tabs become spaces.
fn block(text: &str) -> String {
    let clipped = clip(text, TEXT);
    let shown = neutral::visible(clipped.text).replace('\t', "    ");
    match clipped.omitted_bytes {
        0 => shown,
        omitted => format!("{shown}… ({omitted} more bytes)"),
    }
}

fn push_exchange(out: &mut Vec<String>, exchange: &Exchange) {
    let request = &exchange.request;
    let line = format!(
        "step {}: {} {}{}",
        brief(&exchange.step, 20),
        brief(&request.method, 20),
        brief(&request.target, LINE),
        match exchange.duration_ms {
            known if known > 0.0 => format!(" ({known:.1} ms)"),
            _ => String::new(),
        }
    );
    push(out, &line);
    push_mismatches(out, &exchange.mismatches);
    if let Some(body) = &request.body {
        push(out, &format!("  sent: {}", block(body)));
    }
    if let Some(answer) = &exchange.answer {
        push_answer(out, answer);
    }
    if let Some(found) = &exchange.trouble {
        push(out, &format!("  {}", brief(&trouble(found), LINE)));
    }
    push_diff(out, exchange.diff.as_deref());
    push(out, &format!("  repeat: {}", block(&exchange.curl)));
}

fn push_answer(out: &mut Vec<String>, answer: &Answer) {
    push(out, &format!("  received: status {}", answer.status));
    for (name, value) in answer.headers.iter().take(MANY) {
        push(
            out,
            &format!("    {}: {}", brief(name, 80), brief(value, LINE)),
        );
    }
    if !answer.body.is_empty() {
        push(out, &format!("    {}", block(&answer.body)));
    }
    if answer.body_omitted > 0 {
        push(out, &format!("    ({} more bytes)", answer.body_omitted));
    }
}

fn push_burst(out: &mut Vec<String>, burst: &Burst) {
    let step = brief(&burst.step, 20);
    push(
        out,
        &format!(
            "step {step}: {} requests written at one moment",
            burst.times
        ),
    );
    for line in burst.tally.iter().take(MANY) {
        push(
            out,
            &format!("  {} x {}", line.count, brief(&line.what, LINE)),
        );
    }
    push_mismatches(out, &burst.mismatches);
    for sample in burst.samples.iter().take(3) {
        push_exchange(out, sample);
    }
}

fn push_query(out: &mut Vec<String>, query: &Query) {
    let asked = format!(
        "step {}: asked {}",
        brief(&query.step, 20),
        brief(&query.service, 80)
    );
    push(out, &asked);
    push_statement(out, &query.query, &query.args);
    for row in query.rows.iter().take(MANY) {
        push(out, &format!("  row: {}", value(row, LINE)));
    }
    if query.rows_omitted > 0 {
        push(out, &format!("  ({} more rows)", query.rows_omitted));
    }
    push_mismatches(out, &query.mismatches);
    push_diff(out, query.diff.as_deref());
}

fn push_statements(out: &mut Vec<String>, counted: &Statements) {
    let line = format!(
        "step {}: {} counted {} statements, {} of one form, {} rows, {} blocks",
        brief(&counted.step, 20),
        brief(&counted.service, 80),
        counted.calls,
        counted.repeats,
        counted.rows,
        counted.blocks
    );
    push(out, &line);
    push_mismatches(out, &counted.mismatches);
    for statement in counted.statements.iter().take(MANY) {
        let line = format!(
            "  {} x ({} rows, {} blocks) {}",
            statement.calls,
            statement.rows,
            statement.blocks,
            brief(&statement.text, LINE)
        );
        push(out, &line);
    }
    if counted.statements_omitted > 0 {
        push(
            out,
            &format!("  ({} more forms)", counted.statements_omitted),
        );
    }
}

fn push_plan(out: &mut Vec<String>, plan: &Plan) {
    let asked = format!(
        "step {}: asked {} for the plan of",
        brief(&plan.step, 20),
        brief(&plan.service, 80)
    );
    push(out, &asked);
    push_statement(out, &plan.query, &plan.args);
    for node in plan.nodes.iter().take(MANY) {
        push(out, &format!("  | {}", log_line(node)));
    }
    push_mismatches(out, &plan.mismatches);
}

fn push_upstream(out: &mut Vec<String>, counted: &Upstream) {
    let line = format!(
        "step {}: {} counted {} calls, at most {} at once",
        brief(&counted.step, 20),
        brief(&counted.service, 80),
        counted.calls,
        counted.at_once
    );
    push(out, &line);
    push_mismatches(out, &counted.mismatches);
    for form in counted.forms.iter().take(MANY) {
        let line = format!(
            "  {} x {} (at most {} at once, {} to {} ms; {})",
            form.calls,
            brief(&form.call, LINE),
            form.at_once,
            form.first_ms,
            form.last_ms,
            brief(&form.told(), LINE)
        );
        push(out, &line);
    }
    let shown = counted.forms.len().min(MANY);
    let unshown: u64 = counted.forms[shown..].iter().map(|form| form.calls).sum();
    let omitted = counted.calls_omitted.saturating_add(unshown);
    if omitted > 0 {
        push(out, &format!("  ({omitted} more calls, to other paths)"));
    }
    if counted.connections_refused > 0 {
        let line = format!(
            "  ({} connections were closed: too many at once)",
            counted.connections_refused
        );
        push(out, &line);
    }
}

fn push_statement(out: &mut Vec<String>, query: &str, args: &[Value]) {
    push(out, &format!("  {}", block(query)));
    for (index, arg) in args.iter().take(MANY).enumerate() {
        push(out, &format!("  ${} = {}", index + 1, value(arg, LINE)));
    }
}

fn push_printed(out: &mut Vec<String>, printed: &Printed) {
    let line = format!(
        "step {}: {} of {} lines of its log match ({} are JSON objects){}",
        brief(&printed.step, 20),
        printed.matching,
        printed.seen,
        printed.objects,
        if printed.cut {
            "; more was printed, and is gone"
        } else {
            ""
        }
    );
    push(out, &line);
    push_mismatches(out, &printed.mismatches);
    let kind = match printed.matching {
        0 => "closest",
        _ => "line",
    };
    for line in printed.lines.iter().take(MANY) {
        push(out, &format!("  {kind}: {}", log_line(&line.text)));
        push_mismatches(out, &line.mismatches);
    }
}

fn push_comparison(out: &mut Vec<String>, comparison: &Comparison) {
    let line = format!(
        "step {}: unlike {} after {} requests ({} when first seen, {} trials)",
        brief(&comparison.step, 20),
        brief(&comparison.against, 80),
        comparison.requests,
        comparison.requests_before,
        comparison.trials
    );
    push(out, &line);
    push_mismatches(out, &comparison.mismatches);
    for pair in comparison.exchanges.iter().take(MANY) {
        let (request, end) = (&pair.subject.request, |answer: &Option<Answer>| {
            let status = answer.as_ref().map(|answer| answer.status.to_string());
            status.unwrap_or_else(|| "no answer".to_owned())
        });
        let line = format!(
            "  {} {}: {}, by the reference {}",
            brief(&request.method, 20),
            brief(&request.target, LINE),
            end(&pair.subject.answer),
            end(&pair.reference.answer)
        );
        push(out, &line);
    }
    if let Some(last) = comparison.exchanges.last() {
        push(out, "the submission:");
        push_exchange(out, &last.subject);
        push(out, "the reference:");
        push_exchange(out, &last.reference);
    }
}

fn push_log(out: &mut Vec<String>, log: &Log) {
    push(out, &format!("last lines of {}:", brief(&log.source, 80)));
    let first = log.lines.len().saturating_sub(MANY);
    for line in &log.lines[first..] {
        push(out, &format!("  {}", log_line(line)));
    }
}

/// As [`brief`], indented as it came.
fn log_line(line: &str) -> String {
    let clipped = clip(line.trim_end(), LINE);
    let shown = neutral::one_line(clipped.text).replace('␉', "    ");
    match clipped.omitted_bytes {
        0 => shown,
        _ => format!("{shown}…"),
    }
}

fn push_mismatches(out: &mut Vec<String>, mismatches: &[Mismatch]) {
    for mismatch in mismatches.iter().take(MANY) {
        let line = format!(
            "  {}: expected {}, got {}",
            brief(&mismatch.at, LINE),
            brief(&mismatch.expected, LINE),
            brief(&mismatch.actual, LINE)
        );
        push(out, &line);
    }
}

fn push_diff(out: &mut Vec<String>, diff: Option<&str>) {
    if let Some(diff) = diff {
        push(out, &block(diff));
    }
}
