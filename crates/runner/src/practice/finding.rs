use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// So many findings are kept as they were told; all are counted.
const KEPT: usize = 20;
/// So many rules are told apart; findings of further ones are counted alone.
const RULES: usize = 1000;

/// One tool's word on some files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolRun {
    /// What people call it: `ruff`.
    pub tool: &'static str,
    /// What it is asked for, in a few words.
    pub about: &'static str,
    /// As it says it; none where it did not come so far.
    pub version: Option<String>,
    /// In the error, why it said nothing.
    pub said: Result<Findings, String>,
}

/// What a tool found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// All of them.
    pub count: u64,
    /// How often each rule was broken.
    pub rules: BTreeMap<String, u64>,
    /// Some of them, in the order in which they were told.
    pub first: Vec<Finding>,
    /// Whether there are more that were not read.
    pub cut: bool,
}

/// One place that a tool has something to say about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Its path among the files.
    pub file: String,
    /// The first is 1; none where it is about the whole file.
    pub line: Option<u64>,
    /// As the tool calls it.
    pub rule: String,
    /// As the tool says it.
    pub message: String,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        self.count += 1;
        if let Some(count) = self.rules.get_mut(&finding.rule) {
            *count += 1;
        } else if self.rules.len() < RULES {
            self.rules.insert(finding.rule.clone(), 1);
        }
        if self.first.len() < KEPT {
            self.first.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_found_little_is_kept_and_all_is_counted() {
        let mut findings = Findings::default();
        for number in 0..100_000 {
            findings.add(Finding {
                rule: format!("rule {}", number % 5000),
                ..Finding::default()
            });
        }
        assert_eq!(findings.count, 100_000);
        assert_eq!((findings.rules.len(), findings.first.len()), (RULES, KEPT));
    }
}
