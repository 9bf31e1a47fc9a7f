//! A suite's container beside a submission: what it reaches, what it leaves, and how it ends.

use std::{collections::BTreeMap, fs, time::Duration};

use runner::{
    AppLimits, Backend as _, Sandbox, SandboxSpec,
    docker::Rules,
    setup::Setup,
    visit::{Visit, VisitEnd, Visited, VisitorSpec},
};
use serde_json::json;

use crate::{
    isolation::{Listener, outside},
    stand::{MIB, Stand, ask, snapshot},
};

/// A sandbox that can be visited, and a visitor's image with Python in it.
struct Scene {
    stand: Stand,
    spec: SandboxSpec,
    sandbox: Box<dyn Sandbox>,
    image: String,
}

impl Scene {
    async fn new() -> Self {
        Self::with_rules(Rules::On).await
    }

    async fn with_rules(rules: Rules) -> Self {
        let stand = Stand::with_rules(rules).await;
        let mut spec = stand.spec();
        spec.visited = true;
        let sandbox = stand.open(&spec).await;
        let image = built(&stand, &spec, "RUN echo here > here").await;
        Self {
            stand,
            spec,
            sandbox,
            image,
        }
    }

    async fn visit(&self, command: &str) -> Visited {
        self.visit_within(command, Duration::from_secs(30)).await
    }

    async fn visit_within(&self, command: &str, within: Duration) -> Visited {
        let visit = Visit {
            name: "tests".to_owned(),
            image: self.image.clone(),
            command: command.to_owned(),
            env: BTreeMap::from([("GREETING".to_owned(), "hello".to_owned())]),
            limits: AppLimits {
                memory: 256 * MIB,
                cpus: 1.0,
                pids: 64,
                open_files: 256,
                tmp: 16 * MIB,
                log: MIB,
            },
            within,
            read_results: true,
        };
        let visited = self.sandbox.visit(&visit).await.unwrap();
        // Nothing stays of it, however it ended.
        let names = self.stand.things_of(&self.spec.run).await;
        assert!(!names.iter().any(|name| name.ends_with("visitor-tests")));
        visited
    }
}

/// An image with Python in it, and what this step of a Dockerfile makes.
async fn built(stand: &Stand, spec: &SandboxSpec, step: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let dockerfile = format!("FROM tryout/python:3.13\nWORKDIR /suite\n{step}\n");
    fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
    let visitor = VisitorSpec {
        setup: Setup::of_dockerfile("Dockerfile"),
        build_limits: spec.app.build_limits,
        build_network: spec.app.build_network.clone(),
    };
    let files = snapshot(folder.path());
    let silent = |_: runner::RunnerEvent| {};
    let image = stand.backend.visitor(&spec.run, &visitor, &files, &silent);
    image.await.unwrap().unwrap()
}

const EXITED: VisitEnd = VisitEnd::Exited { code: 0 };

/// Says which of the places given as `HOST PORT` answer by TCP.
const REACH: &str = r#"
import socket, sys
for host, port in zip(sys.argv[1::2], sys.argv[2::2]):
    try:
        socket.create_connection((host, int(port)), 1).close()
        print("reached", host)
    except OSError:
        print("missed", host)
"#;

impl Scene {
    /// How many of app, database, gateway and outside a visitor reaches, by what it prints.
    async fn reached(&self, listener: &Listener) -> Vec<String> {
        let outside = outside(&self.stand, &self.spec.run).await;
        let app = self.sandbox.app();
        let db = self.sandbox.service("db").unwrap().address();
        let gateway = app.ip().to_string();
        let gateway = format!("{}.1", gateway.rsplit_once('.').unwrap().0);
        let tcp = listener.tcp;
        let visited = self
            .visit(&format!(
                "python -c '{REACH}' {} {} {} {} {gateway} {tcp} {outside} {tcp}",
                app.ip(),
                app.port(),
                db.ip(),
                db.port(),
            ))
            .await;
        let lines = visited.log.lines;
        assert_eq!(lines.len(), 4, "{lines:#?}");
        lines
            .into_iter()
            .filter(|line| line.starts_with("reached"))
            .collect()
    }
}

#[tokio::test]
async fn a_visitor_reaches_the_app_alone_and_is_reached_by_nobody() {
    let scene = Scene::new().await;
    let listener = Listener::new().await;
    let app = scene.sandbox.app();
    let reached = scene.reached(&listener).await;
    assert_eq!(reached, [format!("reached {}", app.ip())]);
    assert_eq!(listener.came(), 0);

    // The app looks for it while it listens.
    let holder = scene
        .stand
        .container(&scene.spec.run, "visitor-holder")
        .await;
    let networks = holder.network_settings.unwrap().networks.unwrap();
    let address = networks.into_values().next().unwrap().ip_address.unwrap();
    let listening = scene.visit("timeout 5 python -m http.server 9000 --bind 0.0.0.0 & sleep 3");
    let looking = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        ask(app, "/attack", json!([["visitor", "tcp", address, 9000]])).await
    };
    let (_, told) = tokio::join!(listening, looking);
    assert_ne!(told["visitor"], "reached", "{told:#}");
}

#[tokio::test]
async fn without_the_rules_a_visitor_reaches_everything() {
    let scene = Scene::with_rules(Rules::Off).await;
    let listener = Listener::new().await;
    let reached = scene.reached(&listener).await;
    assert_eq!(reached.len(), 4, "{reached:#?}");
    assert_eq!(listener.came(), 2);
}

#[tokio::test]
async fn what_it_leaves_is_read_and_what_it_prints_is_kept() {
    let scene = Scene::new().await;
    let visited = scene
        .visit(
            r#"cat here; echo "$GREETING"; id -u >&2; test -w . || echo read-only
python -c 'import os, urllib.request as r, urllib.error
try: r.urlopen(os.environ["BASE_URL"] + "/missing")
except urllib.error.HTTPError as e: print("status", e.code)'
printf '<a/>' > "$RESULTS/a b.xml"; printf '1..0\n' > "$RESULTS/t.tap"; echo no > "$RESULTS/note.txt"
exit 7"#,
        )
        .await;
    assert_eq!(visited.end, VisitEnd::Exited { code: 7 });
    let mut lines = visited.log.lines.clone();
    lines.sort();
    let expected = ["10001", "hello", "here", "read-only", "status 404"];
    assert_eq!(lines, expected, "{visited:#?}");
    let file = |name: &str, content: &str| (name.to_owned(), content.as_bytes().to_vec());
    assert_eq!(
        visited.results,
        Ok(vec![file("a b.xml", "<a/>"), file("t.tap", "1..0\n")])
    );
    // Another visit finds nothing of it.
    let visited = scene.visit("ls \"$RESULTS\"").await;
    assert_eq!(visited.end, EXITED);
    assert_eq!(visited.log.lines, [""; 0]);
    assert_eq!(visited.results, Ok(Vec::new()));
}

#[tokio::test]
async fn one_that_does_not_end_or_leaves_others_behind_is_ended() {
    let scene = Scene::new().await;
    let forever = "echo begins; printf '1..0\n' > \"$RESULTS/t.tap\"; sleep 1000";
    let visited = scene.visit_within(forever, Duration::from_secs(2)).await;
    assert_eq!(visited.end, VisitEnd::TooLong);
    assert_eq!(visited.log.lines, ["begins"]);
    assert_eq!(visited.results.unwrap().len(), 1);
    // What goes on in the background holds on to what it prints to.
    let visited = scene
        .visit("(while true; do sleep 1; done) & echo done")
        .await;
    assert_eq!(visited.end, EXITED);
    assert_eq!(visited.log.lines, ["done"]);
    assert!(visited.took < Duration::from_secs(25), "{visited:?}");
}

#[tokio::test]
async fn an_image_in_which_nothing_can_live_is_told_from_an_engine_that_fails() {
    let mut scene = Scene::new().await;
    // Nothing in a container can end its first process; an image can.
    let all = "for signal in HUP INT TERM KILL; do kill -$signal 1; done";
    assert_eq!(scene.visit(all).await.end, EXITED);
    let deadly = "RUN printf '#!/bin/sh\\nexit 3\\n' > /usr/bin/sleep";
    scene.image = built(&scene.stand, &scene.spec, deadly).await;
    let visited = scene
        .visit("echo works; python -c 'import time; time.sleep(2)'")
        .await;
    assert!(
        matches!(visited.end, VisitEnd::Unusable { .. }),
        "{visited:?}"
    );
}

#[tokio::test]
async fn a_flood_of_results_or_words_fills_nothing() {
    let scene = Scene::new().await;
    let much = "head -c 1000000000 /dev/zero > \"$RESULTS/r.xml\"";
    let visited = scene.visit(much).await;
    assert_eq!(visited.end, VisitEnd::Exited { code: 1 });
    let results = visited.results.unwrap();
    assert!(results[0].1.len() <= 16 << 20, "{}", results[0].1.len());
    let visited = scene.visit("yes | head -c 20000000").await;
    assert_eq!(visited.end, EXITED);
    assert!(visited.log.lines.len() <= 1000);
    assert!(visited.log.omitted > 1_000_000, "{}", visited.log.omitted);
}

/// Four that all want its one core for three seconds.
const CROWD: &str = "\
for _ in 1 2 3 4; do python -c 'import time\nend = time.monotonic() + 3\nwhile time.monotonic() < end: pass' & done; wait";

#[tokio::test]
async fn what_a_visitor_computes_and_waits_for_counts_with_the_sandboxs_programs() {
    let scene = Scene::new().await;
    let reading = async || scene.sandbox.reading().await.unwrap();
    let before = reading().await;
    let looks = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let meanwhile = reading().await;
        tokio::time::sleep(Duration::from_millis(800)).await;
        meanwhile.waiting(reading().await).unwrap()
    };
    let (visited, waiting) = tokio::join!(scene.visit(CROWD), looks);
    assert_eq!(visited.end, EXITED);
    assert!(waiting > 1.0, "{waiting}");
    // At its end; and it is gone, and what it has computed is not.
    for at_end in [visited.reading.unwrap(), reading().await] {
        let computed = before.computed_until(at_end);
        assert!(computed >= Duration::from_millis(2_200), "{computed:?}");
    }
}
