//! A diff of what was expected against what came.
//!
//! Both are written as JSON, one value a line. Where a value is as it must be, the expectation shows
//! that very value, so that the diff shows what is wrong and nothing else: neither fields that a
//! partial match passes over, nor matchers that hold.

mod lines;
mod view;

use std::time::Duration;

use challenge_spec::matcher::Matcher;
use serde_json::Value;
use similar::TextDiff;

use view::View;

/// How many lines a diff has at most.
const MAX_LINES: usize = 200;

/// A worse diff after this is better than a good one too late.
const PATIENCE: Duration = Duration::from_millis(200);

/// None where the two look alike as far as they are written.
pub(super) fn diff(matcher: &Matcher, actual: &Value) -> Option<String> {
    let expected = View::expected(matcher, Some(actual)).unwrap_or_else(|| View::of(matcher));
    let expected = lines::written(&expected);
    let actual = lines::written(&View::Json(actual));
    if expected == actual {
        return None;
    }
    let diff = TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(expected.as_str(), actual.as_str());
    let unified = diff
        .unified_diff()
        .context_radius(3)
        .header("expected", "actual")
        .to_string();
    let mut kept: String = unified.split_inclusive('\n').take(MAX_LINES).collect();
    if kept.len() < unified.len() {
        kept.push_str("…\n");
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(expected: &Value, actual: &Value) -> Option<String> {
        diff(&Matcher::parse(expected).unwrap(), actual)
    }

    #[test]
    fn only_what_is_wrong_is_shown_as_wrong() {
        let expected = json!({ "id": { "$format": "uuid" }, "n": { "$range": { "min": 1 } }, "gone": 1, "no": { "$absent": true } });
        let actual =
            json!({ "extra": true, "id": "67e55044-10b1-426f-9247-bb680e5fe0c8", "n": 0, "no": 2 });
        assert_eq!(
            of(&expected, &actual).unwrap(),
            concat!(
                "--- expected\n+++ actual\n@@ -1,6 +1,6 @@\n {\n   \"extra\": true,\n",
                "   \"id\": \"67e55044-10b1-426f-9247-bb680e5fe0c8\",\n",
                "-  \"n\": ‹a number at least 1›,\n-  \"gone\": 1\n+  \"n\": 0,\n+  \"no\": 2\n }\n"
            )
        );
    }

    #[test]
    fn a_diff_is_bounded() {
        let expected = json!({ "$each": 1 });
        let actual = Value::from(vec![2; 100_000]);
        let text = of(&expected, &actual).unwrap();
        assert!(text.lines().count() <= MAX_LINES + 1);
        let long = json!("x".repeat(1_000_000));
        assert!(of(&json!("y"), &long).unwrap().len() < 10_000);
    }
}
