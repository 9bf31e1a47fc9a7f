//! What GitHub takes at each place of a workflow, after the schema that its own language server reads.

use crate::pipeline::form::{Form, NAMES, SCALAR};
use Form::{Any, Bool, Either, Keys, List, Name, Number, Text, Values, Word};

pub(super) const WORKFLOW: Form = Keys(&[
    ("name", Text),
    ("run-name", Text),
    ("description", Text),
    ("on", Any),
    ("permissions", PERMISSIONS),
    ("env", ENV),
    ("defaults", DEFAULTS),
    ("concurrency", CONCURRENCY),
    ("jobs", Any),
]);

pub(super) const JOB: Form = Keys(&[
    ("name", Text),
    ("needs", NAMES),
    ("if", SCALAR),
    ("strategy", STRATEGY),
    ("runs-on", RUNS_ON),
    ("timeout-minutes", Number),
    ("cancel-timeout-minutes", Number),
    ("continue-on-error", Bool),
    ("container", CONTAINER),
    ("services", Values(&CONTAINER)),
    ("env", ENV),
    ("environment", ENVIRONMENT),
    ("permissions", PERMISSIONS),
    ("concurrency", CONCURRENCY),
    ("outputs", ENV),
    ("defaults", DEFAULTS),
    ("steps", List(&Any)),
    ("snapshot", Any),
]);

/// A job that calls another workflow.
pub(super) const CALL: Form = Keys(&[
    ("name", Text),
    ("uses", Name),
    ("with", Values(&SCALAR)),
    ("secrets", Either(&[Word(&["inherit"]), Values(&SCALAR)])),
    ("needs", NAMES),
    ("if", SCALAR),
    ("permissions", PERMISSIONS),
    ("concurrency", CONCURRENCY),
    ("strategy", STRATEGY),
]);

pub(super) const RUN: Form = Keys(&[
    ("name", Text),
    ("id", Name),
    ("if", SCALAR),
    ("run", Text),
    ("env", ENV),
    ("working-directory", Name),
    ("shell", Name),
    ("continue-on-error", Bool),
    ("timeout-minutes", Number),
    ("background", Bool),
]);

pub(super) const USES: Form = Keys(&[
    ("name", Text),
    ("id", Name),
    ("if", SCALAR),
    ("uses", Name),
    ("with", ENV),
    ("env", ENV),
    ("continue-on-error", Bool),
    ("timeout-minutes", Number),
    ("background", Bool),
]);

/// What waits for steps in the background or ends them.
pub(super) const WAIT: Form = Keys(&[
    ("name", Text),
    ("id", Name),
    ("continue-on-error", Bool),
    ("wait", NAMES),
    ("wait-all", Any),
    ("cancel", Name),
]);

const ENV: Form = Values(&Text);
const DEFAULTS: Form = Keys(&[("run", Keys(&[("shell", Name), ("working-directory", Name)]))]);
const CONCURRENCY: Form = Either(&[
    Keys(&[
        ("group", Name),
        ("cancel-in-progress", Bool),
        ("queue", Word(&["single", "max"])),
    ]),
    Name,
]);
const STRATEGY: Form = Keys(&[
    ("fail-fast", Bool),
    ("max-parallel", Number),
    ("matrix", Values(&List(&Any))),
]);
const RUNS_ON: Form = Either(&[NAMES, Keys(&[("group", Name), ("labels", NAMES)])]);
const ENVIRONMENT: Form = Either(&[
    Keys(&[("name", Text), ("url", Text), ("deployment", Bool)]),
    Text,
]);
const CONTAINER: Form = Either(&[
    Keys(&[
        ("image", Text),
        ("options", Text),
        ("env", ENV),
        ("ports", List(&Name)),
        ("volumes", List(&Name)),
        (
            "credentials",
            Keys(&[("username", Name), ("password", Name)]),
        ),
        ("entrypoint", Text),
        ("command", Text),
    ]),
    Text,
]);
const LEVEL: Form = Word(&["read", "write", "none"]);
const PERMISSIONS: Form = Either(&[
    Keys(&[
        ("actions", LEVEL),
        ("artifact-metadata", LEVEL),
        ("attestations", LEVEL),
        ("checks", LEVEL),
        ("contents", LEVEL),
        ("copilot-requests", LEVEL),
        ("deployments", LEVEL),
        ("discussions", LEVEL),
        ("id-token", LEVEL),
        ("issues", LEVEL),
        ("models", LEVEL),
        ("packages", LEVEL),
        ("pages", LEVEL),
        ("pull-requests", LEVEL),
        ("repository-projects", LEVEL),
        ("security-events", LEVEL),
        ("statuses", LEVEL),
        ("vulnerability-alerts", LEVEL),
    ]),
    Word(&["read-all", "write-all"]),
]);

const TYPES: Form = Keys(&[("types", NAMES)]);
const REVIEW: Form = Keys(&[
    ("types", NAMES),
    ("branches", NAMES),
    ("branches-ignore", NAMES),
    ("paths", NAMES),
    ("paths-ignore", NAMES),
]);
const REVIEW_WITH_TAGS: Form = Keys(&[
    ("types", NAMES),
    ("branches", NAMES),
    ("branches-ignore", NAMES),
    ("tags", NAMES),
    ("tags-ignore", NAMES),
    ("paths", NAMES),
    ("paths-ignore", NAMES),
]);

/// The events, and what each takes beside nothing.
pub(super) const EVENTS: Form = Keys(&[
    ("branch_protection_rule", TYPES),
    ("check_run", TYPES),
    ("check_suite", TYPES),
    ("create", Any),
    ("delete", Any),
    ("deployment", Any),
    ("deployment_status", Any),
    ("discussion", TYPES),
    ("discussion_comment", TYPES),
    ("fork", Any),
    ("gollum", Any),
    ("image_version", Any),
    ("issue_comment", TYPES),
    ("issues", TYPES),
    ("label", TYPES),
    ("member", TYPES),
    (
        "merge_group",
        Keys(&[
            ("types", NAMES),
            ("branches", NAMES),
            ("branches-ignore", NAMES),
        ]),
    ),
    ("milestone", TYPES),
    ("page_build", Any),
    ("project", TYPES),
    ("project_card", TYPES),
    ("project_column", TYPES),
    ("public", Any),
    ("pull_request", REVIEW_WITH_TAGS),
    ("pull_request_comment", TYPES),
    ("pull_request_review", REVIEW),
    ("pull_request_review_comment", REVIEW),
    ("pull_request_target", REVIEW_WITH_TAGS),
    (
        "push",
        Keys(&[
            ("branches", NAMES),
            ("branches-ignore", NAMES),
            ("tags", NAMES),
            ("tags-ignore", NAMES),
            ("paths", NAMES),
            ("paths-ignore", NAMES),
        ]),
    ),
    ("registry_package", TYPES),
    ("release", TYPES),
    ("repository_dispatch", TYPES),
    (
        "schedule",
        List(&Keys(&[("cron", Name), ("timezone", Name)])),
    ),
    ("status", Any),
    ("watch", TYPES),
    (
        "workflow_call",
        Keys(&[
            ("inputs", Values(&Any)),
            ("outputs", Values(&Any)),
            ("secrets", Values(&Any)),
        ]),
    ),
    ("workflow_dispatch", Keys(&[("inputs", Any)])),
    (
        "workflow_run",
        Keys(&[
            ("types", NAMES),
            ("workflows", NAMES),
            ("branches", NAMES),
            ("branches-ignore", NAMES),
        ]),
    ),
]);
