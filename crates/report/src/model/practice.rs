use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the usual tools of the submission's language say of its files. Advice for the reader: it earns
/// and costs no points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    /// The root of the skills taxonomy that it is advice on.
    pub skill: String,
    /// `Python`; none where no language with known tools was found.
    pub language: Option<String>,
    /// Why no tool was run at all; none where some were.
    pub not_run: Option<String>,
    /// What of the submission was looked at; none where nothing was.
    pub submission: Option<LookedAt>,
    /// The challenge's starter in the same language, for comparison; none where there is none.
    pub starter: Option<LookedAt>,
    /// What each tool said.
    pub tools: Vec<PracticeTool>,
}

/// Some source files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookedAt {
    /// The subject that they are of: `submission`, `starter:python`.
    pub subject: String,
    /// How many files.
    pub files: u64,
    /// How many lines they have together.
    pub lines: u64,
    /// How many more were left out: too large, too many, or of a name with control characters.
    pub left_out: u64,
}

/// What one tool said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PracticeTool {
    /// `ruff`.
    pub name: String,
    /// As it says it; none where it did not come so far.
    pub version: Option<String>,
    /// What it was asked for, in a few words.
    pub about: String,
    /// Why it said nothing; none where it did. Hostile text in part.
    pub not_run: Option<String>,
    /// How much it found in the submission; none where it said nothing.
    pub findings: Option<u64>,
    /// Whether there are more, which were not read.
    pub cut: bool,
    /// How much it found in the starter; none where it said nothing of it.
    pub starter_findings: Option<u64>,
    /// The rules that were broken most, the first the most often.
    pub rules: Vec<BrokenRule>,
    /// How many more rules were broken.
    pub rules_omitted: u64,
    /// Some of what it found in the submission. Hostile text in part.
    pub first: Vec<Remark>,
}

/// How often a rule was broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BrokenRule {
    /// As the tool calls it.
    pub rule: String,
    /// In the submission.
    pub findings: u64,
    /// In the starter; none where the tool said nothing of it.
    pub starter_findings: Option<u64>,
}

/// One place that a tool has something to say about. Hostile text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remark {
    /// Its path in the submission.
    pub file: String,
    /// The first is 1; none where it is about the whole file.
    pub line: Option<u64>,
    /// As the tool calls it.
    pub rule: String,
    /// As the tool says it.
    pub message: String,
}

impl LookedAt {
    /// How many of so many findings there are in 1,000 lines; none without lines.
    pub fn per_thousand_lines(&self, findings: u64) -> Option<f64> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "nobody reads more than two digits of it"
        )]
        let rate = findings as f64 * 1000.0 / self.lines as f64;
        (self.lines > 0).then_some(rate)
    }
}
