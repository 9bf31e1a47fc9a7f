//! Whether a candidate is told what they are graded by.

use std::{collections::BTreeSet, path::PathBuf};

use super::asserted::{self, requests};
use crate::{
    Challenge,
    finding::Finding,
    model::{Service, Visibility},
    path::Path,
};

pub(super) fn look(challenge: &Challenge, openapi: &str, findings: &mut Vec<Finding>) {
    let file = &challenge.file;
    let brief = &challenge.brief;
    let checks = Path::root().key("checks");
    let mut told = BTreeSet::new();
    let mut any_public = false;
    for (place, check) in file.checks.iter().enumerate() {
        any_public |= check.visibility == Visibility::Public;
        let steps = checks.index(place).key("steps");
        for (path, request) in requests(&check.steps, &steps) {
            let Some(resource) = resource(&request.send.0) else {
                continue;
            };
            // What does not exist may be asked for without being told of.
            let is_known = brief.contains(resource) || openapi.contains(resource);
            let expects = asserted::expects_success(request);
            if !is_known && expects && told.insert(resource.to_owned()) {
                findings.push(
                    Finding::value(
                        path.key("send"),
                        format!("neither the brief nor the OpenAPI document mentions `{resource}`"),
                    )
                    .help("tell of it: nobody builds what they have not heard of".to_owned()),
                );
            }
        }
    }
    let words = brief.to_lowercase();
    if any_public
        && !words.contains("public")
        && !words.contains("come with this brief")
        && !words.contains("comes with this brief")
    {
        findings.push(
            Finding::key(
                Path::root().key("brief"),
                "the brief mentions no public check",
            )
            .help("say in it which checks come with it, and how many others there are".to_owned()),
        );
    }
    seeds(challenge, findings);
}

/// What a candidate's bundle would lack without a word.
fn seeds(challenge: &Challenge, findings: &mut Vec<Finding>) {
    let services = Path::root().key("services");
    for (name, service) in &challenge.file.services {
        let path = services.key(name).key(service.kind()).key("seed");
        let seeds: &[PathBuf] = Service::seed(service);
        for (place, seed) in seeds.iter().enumerate() {
            if !challenge.brief.contains(&*seed.to_string_lossy()) {
                findings.push(
                    Finding::value(
                        path.index(place),
                        format!("the brief does not name `{}`", seed.display()),
                    )
                    .help("a candidate's bundle has the seeds that the brief names and no others; name it, or leave it hidden".to_owned()),
                );
            }
        }
    }
}

/// `/orders` of `GET /orders/{{ id }}?limit=2`.
fn resource(send: &str) -> Option<&str> {
    let (_, target) = send.split_once(' ')?;
    let path = target.split(['?', '#']).next()?.trim();
    let end = path[1..].find('/').map_or(path.len(), |end| end + 1);
    let first = path.get(..end)?;
    (path.starts_with('/') && first.len() > 1 && !first.contains("{{") && !first.contains("{%"))
        .then_some(first)
}

#[cfg(test)]
mod tests {
    use super::resource;

    #[test]
    fn the_first_part_of_a_path_is_the_resource() {
        assert_eq!(resource("GET /orders/{{ id }}?a=1"), Some("/orders"));
        assert_eq!(resource("GET /orders?a=/b"), Some("/orders"));
        assert_eq!(resource("GET /"), None);
        assert_eq!(resource("GET /{{ id }}"), None);
        assert_eq!(resource("{{ whole }}"), None);
    }
}
