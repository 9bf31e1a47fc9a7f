//! What GitLab takes at each place of its file.

use crate::pipeline::form::{Form, NAMES, SCALAR};
use Form::{Any, Bool, Either, Keys, List, Number, Text, Values, Word};

/// Keys at the top that are no jobs.
pub(super) const GLOBAL: Form = Keys(&[
    ("default", DEFAULT),
    ("include", Either(&[Text, List(&Any), Values(&Any)])),
    ("stages", List(&Text)),
    ("variables", VARIABLES),
    (
        "workflow",
        Keys(&[
            ("name", Text),
            ("rules", List(&Any)),
            ("auto_cancel", Values(&Any)),
        ]),
    ),
    ("spec", Any),
    ("image", IMAGE),
    ("services", SERVICES),
    ("cache", CACHE),
    ("before_script", Any),
    ("after_script", Any),
]);

const DEFAULT: Form = Keys(&[
    ("after_script", Any),
    ("artifacts", ARTIFACTS),
    ("before_script", Any),
    ("cache", CACHE),
    ("hooks", Values(&Any)),
    ("id_tokens", Values(&Any)),
    ("identity", Text),
    ("image", IMAGE),
    ("interruptible", Bool),
    ("retry", RETRY),
    ("services", SERVICES),
    ("tags", List(&Any)),
    ("timeout", Any),
]);

pub(super) const JOB: Form = Keys(&[
    ("after_script", Any),
    (
        "allow_failure",
        Either(&[Bool, Keys(&[("exit_codes", Any)])]),
    ),
    ("artifacts", ARTIFACTS),
    ("before_script", Any),
    ("cache", CACHE),
    ("coverage", Text),
    ("dast_configuration", Values(&Any)),
    ("dependencies", List(&Text)),
    ("environment", Either(&[Text, Values(&Any)])),
    ("except", POLICY),
    ("extends", NAMES),
    ("hooks", Values(&Any)),
    ("id_tokens", Values(&Any)),
    ("identity", Text),
    ("image", IMAGE),
    (
        "inherit",
        Keys(&[("default", INHERIT), ("variables", INHERIT)]),
    ),
    ("inputs", Values(&Any)),
    ("interruptible", Bool),
    ("manual_confirmation", Text),
    (
        "needs",
        Either(&[
            List(&Either(&[Text, Values(&Any), List(&Any)])),
            Values(&Any),
        ]),
    ),
    ("only", POLICY),
    ("pages", Either(&[Bool, Values(&Any)])),
    (
        "parallel",
        Either(&[Number, Keys(&[("matrix", List(&Any))])]),
    ),
    ("publish", Text),
    ("release", Values(&Any)),
    ("resource_group", Text),
    ("retry", RETRY),
    ("rules", List(&Any)),
    ("run", Either(&[List(&Any), Text])),
    ("script", Any),
    ("secrets", Values(&Any)),
    ("services", SERVICES),
    ("stage", Text),
    ("start_in", Text),
    ("tags", Either(&[List(&Any), Text])),
    ("timeout", Any),
    ("trigger", Either(&[Text, Values(&Any)])),
    ("variables", VARIABLES),
    (
        "when",
        Word(&["on_success", "on_failure", "always", "manual", "delayed"]),
    ),
]);

/// One of `rules`, of a job.
pub(super) const RULE: Form = Keys(&[
    ("if", Text),
    ("changes", Either(&[List(&Any), Values(&Any)])),
    ("exists", Either(&[List(&Any), Values(&Any)])),
    (
        "when",
        Word(&[
            "on_success",
            "on_failure",
            "always",
            "manual",
            "delayed",
            "never",
        ]),
    ),
    ("start_in", Text),
    (
        "allow_failure",
        Either(&[Bool, Keys(&[("exit_codes", Any)])]),
    ),
    ("variables", VARIABLES),
    ("needs", List(&Any)),
    ("interruptible", Bool),
]);

/// One of `rules`, of the whole pipeline.
pub(super) const WORKFLOW_RULE: Form = Keys(&[
    ("if", Text),
    ("changes", Either(&[List(&Any), Values(&Any)])),
    ("exists", Either(&[List(&Any), Values(&Any)])),
    ("when", Word(&["always", "never"])),
    ("variables", VARIABLES),
    ("auto_cancel", Values(&Any)),
]);

const VARIABLES: Form = Values(&Either(&[
    SCALAR,
    Keys(&[
        ("value", SCALAR),
        ("description", Text),
        ("expand", Bool),
        ("options", List(&Any)),
    ]),
]));
const IMAGE: Form = Either(&[
    Text,
    Keys(&[
        ("name", Text),
        ("entrypoint", Either(&[List(&Any), Text])),
        ("docker", Values(&Any)),
        ("kubernetes", Values(&Any)),
        ("pull_policy", NAMES),
    ]),
]);
const SERVICES: Form = List(&Either(&[
    Text,
    List(&Any),
    Keys(&[
        ("name", Text),
        ("alias", Text),
        ("entrypoint", List(&Any)),
        ("command", List(&Any)),
        ("docker", Values(&Any)),
        ("kubernetes", Values(&Any)),
        ("pull_policy", NAMES),
        ("variables", VARIABLES),
    ]),
]));
const ONE_CACHE: Form = Keys(&[
    ("key", Either(&[SCALAR, Values(&Any)])),
    ("paths", List(&Any)),
    ("untracked", Bool),
    ("unprotect", Bool),
    ("when", Word(&["on_success", "on_failure", "always"])),
    ("policy", Text),
    ("fallback_keys", List(&Text)),
]);
const CACHE: Form = Either(&[ONE_CACHE, List(&Either(&[ONE_CACHE, List(&Any)]))]);
const ARTIFACTS: Form = Keys(&[
    ("access", Word(&["all", "developer", "maintainer", "none"])),
    ("exclude", List(&Any)),
    ("expire_in", Any),
    ("expose_as", Text),
    ("name", Text),
    ("paths", List(&Any)),
    ("public", Bool),
    ("reports", Values(&Any)),
    ("untracked", Bool),
    ("when", Word(&["on_success", "on_failure", "always"])),
]);
const RETRY: Form = Either(&[
    Number,
    Keys(&[("max", Number), ("when", NAMES), ("exit_codes", Any)]),
]);
const POLICY: Form = Either(&[
    Text,
    List(&Any),
    Keys(&[
        ("refs", List(&Any)),
        ("kubernetes", Text),
        ("variables", List(&Any)),
        ("changes", Either(&[List(&Any), Values(&Any)])),
    ]),
]);
const INHERIT: Form = Either(&[Bool, List(&Text)]);
