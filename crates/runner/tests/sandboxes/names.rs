//! Outside names, on an engine whose host has a resolver: engines pass a container's questions on to it,
//! also those of an internal network, and a question can carry something out.

use bollard::models::ContainerCreateBody;
use runner::{
    DockerBackend, Engine,
    docker::{Part, Rules},
};
use serde_json::json;

use crate::{
    own_engine::{OwnEngine, Resolver, Which},
    stand::{Stand, ask},
};

/// Asks for a name from inside: whether there was an answer, whether the resolver heard of it, and whether the
/// report says that it cannot.
async fn resolve(
    elsewhere: &OwnEngine,
    resolver: &Resolver,
    name: &str,
    change: impl AsyncFnOnce(DockerBackend) -> DockerBackend,
) -> (bool, bool, bool) {
    let engine = Engine::connect_to(&elsewhere.address()).await.unwrap();
    let stand = Stand::of_engine(engine, change).await;
    let sandbox = stand.open(&stand.spec_with(Vec::new())).await;
    let told = ask(sandbox.app(), "/attack", json!([["it", "resolve", name]])).await;
    let mut items = sandbox.facts().isolation.iter();
    let item = items.find(|item| item.item == "outside names");
    let answered = told["it"] == "reached 192.0.2.1";
    let heard = resolver.asked().iter().any(|asked| asked == name);
    (answered, heard, item.unwrap().enforced)
}

fn with_the_hosts_resolver(body: &mut ContainerCreateBody) {
    body.host_config.as_mut().unwrap().dns = None;
}

#[tokio::test]
async fn no_question_reaches_the_resolver_of_the_engines_host() {
    let elsewhere = OwnEngine::new(Which::WithAResolver).await;
    let resolver = elsewhere.resolver().await;
    let with = resolve(&elsewhere, &resolver, "a.example", async |backend| backend);
    assert_eq!(with.await, (false, false, true));
    // Each of the two keeps it in by itself.
    let by_rules =
        async |backend: DockerBackend| backend.loosened(Part::Holder, with_the_hosts_resolver);
    let by_rules = resolve(&elsewhere, &resolver, "b.example", by_rules);
    assert_eq!(by_rules.await, (false, false, true));
    let by_nobody = async |backend: DockerBackend| backend.with_rules(Rules::Off);
    let by_nobody = resolve(&elsewhere, &resolver, "c.example", by_nobody);
    assert_eq!(by_nobody.await, (false, false, false));
    // Without both.
    let without = async |backend: DockerBackend| {
        let loosened = backend.loosened(Part::Holder, with_the_hosts_resolver);
        loosened.with_rules(Rules::Off)
    };
    let without = resolve(&elsewhere, &resolver, "d.example", without);
    assert_eq!(without.await, (true, true, false));
}
