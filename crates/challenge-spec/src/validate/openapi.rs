use super::{request, steps::Walk};
use crate::{expression::is_template, finding::Finding, model::OpenApi, path::Path};

/// How the document is asked for, and what it must describe.
pub(super) fn look(walk: &mut Walk<'_>, step: &OpenApi, path: &Path) {
    let document = path.key("document");
    walk.findings
        .extend(request::line(&step.document.0, &document));
    walk.template(&step.document, &document);
    for (place, operation) in step.operations.iter().enumerate() {
        let path = path.key("operations").index(place);
        let found = request::line(operation, &path).or_else(|| no_operation(operation, &path));
        walk.findings.extend(found);
    }
}

/// What is written as if a request were to be sent.
fn no_operation(operation: &str, path: &Path) -> Option<Finding> {
    let help = "write it as in the document, such as `GET /orders/{id}`".to_owned();
    let what = if is_template(operation) {
        "templates are not filled in here"
    } else if operation.contains('?') {
        "an operation has no query"
    } else {
        return None;
    };
    Some(Finding::value(path.clone(), what).help(help))
}
