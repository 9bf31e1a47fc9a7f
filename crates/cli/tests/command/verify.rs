//! The bundled challenge's solutions, and some of its defects, with a real engine. All of them are for
//! `tryout challenge verify orders-api`.

use crate::support::{said, seed_of_today, tryout};

/// Of its defects; others each day.
const SAMPLE: &str = "4";

#[test]
fn orders_api_holds_for_a_sample_of_its_defects() {
    let seed = seed_of_today().to_string();
    let output = tryout(&[
        "challenge",
        "verify",
        "orders-api",
        "--quiet",
        "--sample",
        SAMPLE,
        // Not what an earlier run on this machine has found.
        "--fresh",
    ])
    .args(["--seed", &seed])
    .output()
    .unwrap();
    let (code, text) = said(&output);
    let matrix = String::from_utf8_lossy(&output.stdout);
    assert_eq!(code, 0, "{matrix}\n{text}");
    for language in ["go", "node", "python"] {
        let row = format!("solution:{language}");
        assert!(matrix.contains(&row), "{matrix}");
    }
    let defects = matrix.matches("  defect:").count();
    assert_eq!(defects.to_string(), SAMPLE, "{matrix}");
    let holds = format!("holds for a sample of {SAMPLE} defects");
    assert!(matrix.contains(&holds), "{matrix}");
}
