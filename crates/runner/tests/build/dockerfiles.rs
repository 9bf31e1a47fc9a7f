//! Dockerfiles as people write them, and as somebody would who wants more of the engine than a build.

use std::{io::ErrorKind, net::TcpListener};

use crate::{
    build, image, reason,
    scratch::{Scratch, Told},
};

/// BuildKit has been the engine's usual builder for years; what it alone knows is in most Dockerfiles
/// that a tool or a tutorial has written.
#[tokio::test]
async fn what_is_written_for_buildkit_builds() {
    let scratch = Scratch::new().await;
    let dockerfile = format!(
        r#"# syntax=docker/dockerfile:1
# {}
FROM --platform=$BUILDPLATFORM tryout/base:trixie AS build
ARG TARGETOS TARGETARCH
WORKDIR /src
RUN --mount=type=cache,target=/root/.cache \
    --mount=type=bind,source=manifest,target=manifest \
    # only what says which dependencies there are
    test "$(cat manifest)" = here && test ! -e source \
    && echo "$TARGETOS/$TARGETARCH" > /platform
RUN --network=none --mount=type=secret,id=token <<EOF
mkdir /out
cat > /out/two <<'TWO'
$not filled in
TWO
EOF
RUN <<SCRIPT
#!/bin/bash
[[ -d /out ]] && echo bash > /out/three
SCRIPT

FROM tryout/base:trixie
COPY --link --from=build /out/ /out/
COPY --link --chmod=755 start /bin/start
RUN --mount=type=bind,from=build,source=/platform,target=/tmp/platform \
    grep -q '^linux/[a-z]' /tmp/platform \
    && test "$(cat /out/two)" = '$not filled in' && test "$(cat /out/three)" = bash \
    && test "$(start)" = started
HEALTHCHECK --start-interval=1s CMD curl --fail localhost
"#,
        scratch.word
    );
    let files = [
        ("Dockerfile", dockerfile.as_str()),
        ("manifest", "here\n"),
        ("source", ""),
        ("start", "#!/bin/sh\necho started\n"),
    ];
    image(build(&scratch, &files).await);
}

#[tokio::test]
async fn what_the_submission_ignores_is_not_in_its_image() {
    let scratch = Scratch::new().await;
    let dockerfile = format!(
        "FROM tryout/base:trixie\nWORKDIR /app\nCOPY . .\nRUN echo {} && ls -A | tr '\\n' ' ' > /list && cat /list && exit 9\n",
        scratch.word
    );
    let list = async |ignore: &[(&str, &str)]| {
        let files = [
            ("Dockerfile", dockerfile.as_str()),
            ("a.env", ""),
            ("b", ""),
        ];
        let files = [&files, ignore].concat();
        let (_, log) = crate::refusal(build(&scratch, &files).await);
        log.lines.last().unwrap().trim_end().to_owned()
    };
    assert_eq!(list(&[]).await, "Dockerfile a.env b");
    let ignore = (".dockerignore", "*.env\nDockerfile\n");
    assert_eq!(list(&[ignore]).await, ".dockerignore b");
    let all = (".dockerignore", "# all but\n*\n!b\n");
    assert_eq!(list(&[all]).await, "b");
    // The one that is named after the Dockerfile comes first.
    let own = (
        "Dockerfile.dockerignore",
        ".dockerignore\n*.dockerignore\nb",
    );
    assert_eq!(list(&[ignore, own]).await, "Dockerfile a.env");

    let why = reason(
        &scratch,
        &[("Dockerfile", "FROM x"), (".dockerignore", "a\n[]")],
    )
    .await;
    assert_eq!(why, ".dockerignore: \"[]\" is no pattern");
}

/// The engine asks from its own host, past all that keeps a build in.
#[tokio::test]
async fn no_way_of_writing_makes_the_engine_ask_a_host() {
    let scratch = Scratch::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let image = format!("{address}/x");
    let base = "FROM tryout/base:trixie\n";
    let url = format!("http://{address}/x");
    let mark = '\u{feff}';
    for text in [
        // Two readings of what continues a line.
        format!("# a b = c\n# escape=`\n{base}RUN : `\nFROM {image}\n"),
        format!("{base}RUN : \\\u{a0}\nFROM {image}\n"),
        format!("{base}RUN : \\\u{b}\nFROM {image}\n"),
        // Of flags.
        format!("{base}COPY --fr\"om\"={image} /a /b\n"),
        format!("{base}COPY --fr\\om={image} /a /b\n"),
        // Of variables.
        format!("ARG A={image}\nFROM ${{A#y}}\n"),
        format!("FROM ${{A-{image}}}\n"),
        // Of lists.
        format!("{base}ADD [\"{url}\",\"/\\ud800\"]\n"),
        format!("{base}ADD [\"{url}\",\"/x\"]x\n"),
        // Of what comes before the first instruction.
        format!("\\\n{mark}FROM {image}\n"),
        // Of triggers.
        format!("FROM tryout/base:trixie AS a\nONBUILD COPY --from={image} /a /b\nFROM a\n"),
        format!("FROM tryout/base:trixie AS a\nONBUILD {mark}ADD {url} /x\nFROM a\n"),
    ] {
        let came_of_it = build(&scratch, &[("Dockerfile", &text)]).await;
        let came = listener.accept().map(|_| ());
        let came = came.expect_err(&format!("{text}: {came_of_it:?}"));
        assert_eq!(came.kind(), ErrorKind::WouldBlock);
    }
    // What is written as we read it does get there, where the workshop has nothing against it.
    let (_folder, submission) = crate::submission(&[("Dockerfile", &format!("FROM {image}\n"))]);
    let asked =
        async { crate::build_told(&scratch, &submission, crate::LIMITS, &Told::default()).await };
    let came = async {
        while listener.accept().is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        () = came => {}
        asked = asked => panic!("nobody came: {asked:?}"),
    }
}
