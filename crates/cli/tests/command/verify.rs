//! The proof of the bundled challenge, with a real engine.

use crate::support::{said, tryout};

#[test]
fn orders_api_is_proven() {
    let output = tryout(&["challenge", "verify", "orders-api", "--quiet"])
        .output()
        .unwrap();
    let (code, text) = said(&output);
    let matrix = String::from_utf8_lossy(&output.stdout);
    assert_eq!(code, 0, "{matrix}\n{text}");
    assert!(matrix.contains("solution:python"), "{matrix}");
    assert!(matrix.contains("proven: each of 50 checks"), "{matrix}");
}
