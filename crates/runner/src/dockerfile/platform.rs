//! The platform that an image is for: `linux/arm64/v8`.

use std::collections::BTreeMap;

/// What BuildKit gives a Dockerfile that asks for it: `TARGETARCH`, `BUILDPLATFORM` ...
pub(super) fn automatic(platform: &str) -> BTreeMap<String, String> {
    let (os, architecture) = platform.split_once('/').unwrap_or((platform, ""));
    let (architecture, variant) = architecture.split_once('/').unwrap_or((architecture, ""));
    let values = [
        ("PLATFORM", platform),
        ("OS", os),
        ("ARCH", architecture),
        ("VARIANT", variant),
    ];
    let values = values.iter().flat_map(|(name, value)| {
        ["TARGET", "BUILD"].map(|which| (format!("{which}{name}"), (*value).to_owned()))
    });
    values.collect()
}

/// Whether what a Dockerfile says is the engine's own, in all ways to write it.
pub(super) fn is_same(said: &str, engine: &str) -> bool {
    let said = said.to_lowercase();
    let mut parts = said.split('/');
    let (os, architecture) = match (parts.next().unwrap_or_default(), parts.next()) {
        ("linux", None) => return engine.starts_with("linux/"),
        (architecture, None) => ("linux", architecture),
        (os, Some(architecture)) => (os, architecture),
    };
    let architecture = match architecture {
        "x86_64" | "x86-64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let mut engine = engine.split('/');
    engine.next() == Some(os) && engine.next() == Some(architecture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_written_in_several_ways() {
        for same in [
            "linux/arm64",
            "linux/arm64/v8",
            "arm64",
            "Linux/aarch64",
            "linux",
        ] {
            assert!(is_same(same, "linux/arm64"), "{same}");
        }
        for other in [
            "linux/amd64",
            "windows/arm64",
            "linux/arm",
            "x86_64",
            "darwin",
        ] {
            assert!(!is_same(other, "linux/arm64"), "{other}");
        }
    }
}
