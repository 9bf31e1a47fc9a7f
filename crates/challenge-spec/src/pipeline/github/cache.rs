use crate::yaml::{Node, Tree};

/// Actions that keep things unless they are told not to, and from which version on.
const BY_THEMSELVES: [(&str, u32); 8] = [
    ("actions-rust-lang/setup-rust-toolchain", 1),
    ("actions/setup-go", 4),
    ("astral-sh/setup-uv", 5),
    ("gradle/actions/setup-gradle", 3),
    ("gradle/gradle-build-action", 1),
    ("jdx/mise-action", 1),
    ("moonrepo/setup-rust", 1),
    ("ramsey/composer-install", 1),
];
/// Inputs whose name tells that something is not kept.
const AGAINST: [&str; 5] = ["disable", "ignore", "no-", "skip", "without"];
/// Inputs that only say how something is kept.
const DETAILS: [&str; 11] = [
    "dependency",
    "directory",
    "glob",
    "key",
    "local",
    "on-failure",
    "path",
    "prefix",
    "read-only",
    "suffix",
    "version",
];

/// Whether an action keeps what is installed from one run to the next.
pub(super) fn keeps(action: &str, inputs: Option<&Node>) -> bool {
    let (name, version) = action.split_once('@').unwrap_or((action, ""));
    let name = name.to_ascii_lowercase();
    let (mut is_asked, mut is_refused) = (false, false);
    if let Some(Tree::Map(entries)) = inputs.map(|inputs| &inputs.tree) {
        for entry in entries {
            let key = entry.key.text.to_ascii_lowercase();
            if !key.contains("cache") || DETAILS.iter().any(|detail| key.contains(detail)) {
                continue;
            }
            let is_against = AGAINST.iter().any(|word| key.contains(word));
            if is_on(&entry.value) == is_against {
                is_refused = true;
            } else {
                is_asked |= !is_against;
            }
        }
    }
    let by_itself = BY_THEMSELVES
        .iter()
        .any(|(known, first)| *known == name && major(version).is_none_or(|major| major >= *first));
    name.contains("cache") || is_asked || (by_itself && !is_refused)
}

fn is_on(value: &Node) -> bool {
    match &value.tree {
        Tree::Null | Tree::Bool(false) => false,
        Tree::Text(text) => !matches!(text.trim(), "" | "false" | "none" | "off"),
        Tree::Bool(true) | Tree::Number(_) | Tree::List(_) | Tree::Map(_) => true,
    }
}

/// The first number of `v4.1`; nothing of a branch or commit.
fn major(version: &str) -> Option<u32> {
    let number = version.strip_prefix('v').unwrap_or(version);
    number.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::keeps;

    #[test]
    fn actions_keep_by_name_by_input_or_by_themselves() {
        for (action, inputs, expected) in [
            ("actions/cache@v4", "{path: a, key: b}", true),
            ("Swatinem/rust-cache@v2", "{}", true),
            ("actions/setup-node@v4", "{node-version: 20}", false),
            ("actions/setup-node@v4", "{cache: npm}", true),
            ("actions/setup-node@v4", "{cache: ''}", false),
            ("actions/setup-node@v4", "{cache-dependency-path: a}", false),
            ("actions/setup-go@v3", "{}", false),
            ("actions/setup-go@v5", "{}", true),
            ("actions/setup-go@v5", "{cache: false}", false),
            (
                "actions/setup-go@0a12ed9d6a96ab950c8f026ed9f722fe0da7ef32",
                "{}",
                true,
            ),
            ("astral-sh/setup-uv@v6", "{}", true),
            ("astral-sh/setup-uv@v6", "{enable-cache: 'false'}", false),
            ("gradle/actions/setup-gradle@v4", "{}", true),
            (
                "gradle/actions/setup-gradle@v4",
                "{cache-disabled: true}",
                false,
            ),
            (
                "gradle/actions/setup-gradle@v4",
                "{cache-disabled: false}",
                true,
            ),
            (
                "gradle/actions/setup-gradle@v4",
                "{cache-read-only: true}",
                true,
            ),
            ("ruby/setup-ruby@v1", "{}", false),
            ("ruby/setup-ruby@v1", "{cache-version: 1}", false),
            ("ruby/setup-ruby@v1", "{bundler-cache: true}", true),
            ("docker/build-push-action@v6", "{no-cache: true}", false),
            (
                "docker/build-push-action@v6",
                "{cache-from: type=gha}",
                true,
            ),
            ("actions/checkout@v4", "{}", false),
        ] {
            let inputs = crate::yaml::parse(inputs).expect("YAML");
            assert_eq!(keeps(action, Some(&inputs)), expected, "{action}");
        }
    }
}
