//! What a database tells of itself: statements counted, and a plan.

use serde::Serialize;

use crate::{
    model::{Plan, Statements},
    neutral::brief,
    render::transcript,
};

use super::{Excerpt, LINE, MANY, MismatchRow, mismatches};

#[derive(Debug, Serialize)]
pub(in crate::render::html) struct StatementsView {
    step: String,
    service: String,
    calls: u64,
    repeats: u64,
    rows: u64,
    blocks: u64,
    mismatches: Vec<MismatchRow>,
    statements: Vec<StatementRow>,
    omitted: u64,
}

#[derive(Debug, Serialize)]
struct StatementRow {
    text: Excerpt,
    calls: u64,
    rows: u64,
    blocks: u64,
}

#[derive(Debug, Serialize)]
pub(in crate::render::html) struct PlanView {
    step: String,
    service: String,
    query: Excerpt,
    args: Vec<String>,
    nodes: String,
    omitted: u64,
    mismatches: Vec<MismatchRow>,
}

fn unshown(shown: usize, all: usize) -> u64 {
    u64::try_from(all.saturating_sub(shown)).unwrap_or(u64::MAX)
}

impl StatementsView {
    pub(super) fn of(counted: &Statements) -> Self {
        let some = counted.statements.iter().take(MANY);
        Self {
            step: brief(&counted.step, 20),
            service: brief(&counted.service, 80),
            calls: counted.calls,
            repeats: counted.repeats,
            rows: counted.rows,
            blocks: counted.blocks,
            mismatches: mismatches(&counted.mismatches),
            statements: some
                .map(|statement| StatementRow {
                    text: Excerpt::of(&statement.text, 0),
                    calls: statement.calls,
                    rows: statement.rows,
                    blocks: statement.blocks,
                })
                .collect(),
            omitted: counted
                .statements_omitted
                .saturating_add(unshown(MANY, counted.statements.len())),
        }
    }
}

impl PlanView {
    pub(super) fn of(plan: &Plan) -> Self {
        let nodes: Vec<String> = plan
            .nodes
            .iter()
            .take(MANY)
            .map(|node| super::excerpt::line(node))
            .collect();
        Self {
            step: brief(&plan.step, 20),
            service: brief(&plan.service, 80),
            query: Excerpt::of(&plan.query, 0),
            args: plan
                .args
                .iter()
                .take(MANY)
                .map(|arg| transcript::value(arg, LINE))
                .collect(),
            nodes: nodes.join("\n"),
            omitted: unshown(MANY, plan.nodes.len()),
            mismatches: mismatches(&plan.mismatches),
        }
    }
}
