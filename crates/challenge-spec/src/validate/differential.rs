use super::{against::Known, request, scope::Origin, steps::Walk};
use crate::{
    finding::Finding,
    model::{Differential, Expect, Request},
    path::Path,
};

/// The reference, and what is sent to both sides. Its names end with it.
pub(super) fn look(walk: &mut Walk<'_>, step: &Differential, path: &Path) {
    let known = Known {
        starters: &[],
        ..walk.known
    };
    walk.findings
        .extend(known.mistake(&step.against, path.key("against")));
    let outside = walk.scope.clone();
    walk.scope.trial = true;
    walk.vars(&step.vars, &path.key("vars"));
    walk.scope.index = true;
    for (place, request) in step.setup.iter().enumerate() {
        let path = path.key("setup").index(place);
        sent(walk, request, &path);
    }
    // An operation may use what any other has captured: it is sent once there is something.
    let operations = path.key("operations");
    for (place, operation) in step.operations.iter().enumerate() {
        let path = operations.index(place).key("request");
        let path = path.key("expect").key("capture");
        for name in operation.request.expect.capture.keys() {
            walk.make(name, Origin::Capture, path.key(name));
        }
    }
    for (place, operation) in step.operations.iter().enumerate() {
        sent(
            walk,
            &operation.request,
            &operations.index(place).key("request"),
        );
    }
    walk.scope = outside;
}

fn sent(walk: &mut Walk<'_>, sent: &Request, path: &Path) {
    let captures = Expect {
        capture: sent.expect.capture.clone(),
        ..Expect::default()
    };
    if sent.expect != captures {
        walk.findings.push(
            Finding::key(
                path.key("expect"),
                "here an answer is what the reference answers; `expect` only captures",
            )
            .help("keep `capture` alone".to_owned()),
        );
    }
    let request = Request {
        expect: captures,
        ..sent.clone()
    };
    request::look(walk, &request, path);
}
