//! Which jobs begin by themselves, and when.

use super::{
    File,
    check::Need,
    extends,
    job::{keeps, variables_of},
    pattern::Patterns,
    presence::{self, Kind, Presence},
    scenario::{Layer, Own, SCENARIOS, Scenario, Source},
};
use crate::{
    pipeline::{Job, Mistakes, growth::Growth, needs},
    yaml::{Node, Tree},
};

impl File<'_> {
    /// The jobs that begin by themselves in some pipeline.
    pub(super) fn running(
        &self,
        needs: &[Vec<Need>],
        growth: &mut Growth,
        mistakes: &mut Mistakes,
    ) -> Vec<Job> {
        let named: Vec<(&str, Vec<usize>)> = self
            .jobs
            .iter()
            .zip(needs)
            .map(|(entry, needs)| {
                let needs = needs.iter().map(|need| need.job).collect();
                (entry.key.text.as_str(), needs)
            })
            .collect();
        let order = match needs::order(&named) {
            Ok(order) => order,
            Err(circle) => {
                let message = format!("`needs` run in a circle: {}", circle.join(", "));
                let first = self.jobs.iter().find(|entry| entry.key.text == circle[0]);
                if let Some(entry) = first {
                    mistakes.key(&entry.key, message);
                }
                return Vec::new();
            }
        };
        let asked = Asked {
            globals: self.layer(self.globals),
            jobs: self
                .jobs
                .iter()
                .map(|entry| self.layer(&entry.value))
                .collect(),
            by_rules: self.set_by_rules(),
            patterns: Patterns::default(),
        };
        let pipelines: Vec<(Scenario, Vec<Presence>)> = SCENARIOS
            .into_iter()
            .filter_map(|scenario| {
                let jobs = self.pipeline(&scenario, &asked, needs, &order)?;
                Some((scenario, jobs))
            })
            .collect();
        let mut jobs = Vec::new();
        for (place, entry) in self.jobs.iter().enumerate() {
            let runs: Vec<(Source, bool)> = pipelines
                .iter()
                .filter(|(_, jobs)| jobs[place].kind == Kind::Runs)
                .map(|(scenario, jobs)| (scenario.source, jobs[place].soft))
                .collect();
            if runs.is_empty() {
                continue;
            }
            let at = |source| runs.iter().any(|(at, _)| *at == source);
            let asked = at(Source::Push) || at(Source::Review);
            let soft = runs
                .iter()
                .filter(|(source, _)| !asked || *source != Source::Other)
                .all(|(_, soft)| *soft);
            let mut job = Job {
                name: entry.key.text.clone(),
                on_push: at(Source::Push),
                on_review: at(Source::Review),
                soft,
                caches: self.inherited(&entry.value, "cache").is_some_and(keeps),
                env: self.env(&entry.value),
                scripts: Vec::new(),
            };
            if !self.script(entry, &mut job, growth) {
                extends::grown(&entry.value, mistakes);
                return Vec::new();
            }
            jobs.push(job);
        }
        jobs
    }

    /// What becomes of each job when this happens; nothing where there is no pipeline.
    fn pipeline(
        &self,
        scenario: &Scenario,
        asked: &Asked,
        needs: &[Vec<Need>],
        order: &[usize],
    ) -> Option<Vec<Presence>> {
        let workflow = self.globals.get("workflow");
        let own = Own {
            layers: vec![&asked.globals],
            patterns: &asked.patterns,
        };
        if !presence::of_pipeline(workflow, scenario, &own) {
            return None;
        }
        let by_default = presence::workflow_rules(workflow).is_none();
        let mut jobs: Vec<Presence> = self
            .jobs
            .iter()
            .zip(&asked.jobs)
            .map(|(entry, layer)| {
                let own = Own {
                    layers: vec![&asked.globals, layer, &asked.by_rules],
                    patterns: &asked.patterns,
                };
                presence::of_job(&entry.value, scenario, &own, by_default)
            })
            .collect();
        for place in order {
            for need in &needs[*place] {
                let needed = jobs[need.job];
                let job = &mut jobs[*place];
                match (job.kind, needed.kind) {
                    (Kind::Absent, _) | (_, Kind::Runs) => {}
                    (_, Kind::Absent) if need.optional => {}
                    // A pipeline in which something that is needed is missing is not made.
                    (_, Kind::Absent) if job.sure && needed.sure => return None,
                    (_, Kind::Absent) => job.kind = Kind::Absent,
                    (_, Kind::Waits) => job.kind = Kind::Waits,
                }
            }
        }
        Some(jobs)
    }

    /// What the rules of all pipelines set: it is not known before they are decided.
    fn set_by_rules(&self) -> Layer {
        let mut flat = Vec::new();
        if let Some(rules) = presence::workflow_rules(self.globals.get("workflow")) {
            presence::flatten(rules, &mut flat);
        }
        let sets = flat.iter().filter_map(|rule| rule.get("variables"));
        sets.flat_map(|variables| names(variables).map(|name| (name, None)))
            .collect()
    }

    /// The variables of an object that has some.
    fn layer(&self, node: &Node) -> Layer {
        let Some(variables) = node.get("variables") else {
            return Layer::new();
        };
        let mut layer: Layer = names(variables).map(|name| (name, None)).collect();
        let written = variables_of(self.source, variables).into_iter();
        layer.extend(written.map(|(name, value)| (name, Some(value))));
        layer
    }
}

/// What conditions may ask for.
struct Asked {
    globals: Layer,
    /// Those of each job.
    jobs: Vec<Layer>,
    by_rules: Layer,
    patterns: Patterns,
}

fn names(node: &Node) -> impl Iterator<Item = String> {
    let entries = match &node.tree {
        Tree::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|entry| entry.key.text.clone())
}
