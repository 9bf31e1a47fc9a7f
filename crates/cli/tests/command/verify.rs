//! The bundled challenge's solutions, and some of its defects, with a real engine. All of them are for
//! `tryout challenge verify orders-api`.

use crate::support::{said, seed_of_today, tryout};

#[test]
fn orders_api_holds_for_a_sample_of_its_defects() {
    let seed = seed_of_today().to_string();
    let output = tryout(&[
        "challenge",
        "verify",
        "orders-api",
        "--quiet",
        "--sample",
        "8",
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
    assert_eq!(matrix.matches("  defect:").count(), 8, "{matrix}");
    assert!(
        matrix.contains("holds for a sample of 8 defects"),
        "{matrix}"
    );
}
