use super::*;

fn plainly(text: &str) -> Result<Plain, String> {
    Dockerfile::parse(text.as_bytes()).plainly("linux/amd64")
}

/// The lines that an engine is given, without the empty ones.
fn lines(text: &str) -> Vec<String> {
    let plain = plainly(text).unwrap();
    let lines = plain.text.lines().filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

fn images(text: &str) -> Vec<String> {
    plainly(text).unwrap().images.into_iter().collect()
}

fn refused(text: &str, part: &str) {
    match plainly(text) {
        Ok(plain) => panic!("{text:?} became {:?}", plain.text),
        Err(why) => assert!(why.contains(part), "{text:?}: {why}"),
    }
}

#[test]
fn images_of_stages_and_copies_are_found() {
    let text = "FROM --platform=linux/amd64 one:1 AS Build\nRUN x\nfrom build as two\n\
        COPY --chown=1 --from=build /a /b\nCOPY --from=0 /a /b\nCOPY --from=other:2 /a /b\n\
        FROM scratch\nCOPY --from=TWO /a /b\nRUN --mount=from=three,target=/x y";
    assert_eq!(images(text), ["one:1", "other:2", "three"]);
}

#[test]
fn what_the_last_stage_does_not_need_is_left_out() {
    let text = "FROM a AS base\nFROM base AS test\nRUN test\nFROM b AS tools\nFROM base\n\
        COPY --from=2 /a /b\nCOPY --from=tools /a /b";
    let expected = [
        "FROM a AS base",
        "FROM b AS tools",
        "FROM base",
        "COPY --from=1 /a /b",
        "COPY --from=tools /a /b",
    ];
    assert_eq!(lines(text), expected);
    assert_eq!(images(text), ["a", "b"]);
    refused(
        "FROM a\nFROM b\nCOPY --from=2 /a /b",
        "cannot be understood",
    );
    refused(
        "FROM a\nFROM b\nCOPY --from=1 /a /b",
        "cannot be understood",
    );
}

#[test]
fn arguments_before_the_first_stage_are_filled_in() {
    let text = "ARG V=3.13 N=\"python\"\nARG I=tryout/${N}\nFROM ${I}:$V AS a\nARG V=1\nFROM x:${V} AS b\n\
        FROM y:${W:-7} AS c\nFROM z${W}\nCOPY --from=a a a\nCOPY --from=b b b\nCOPY --from=c c c";
    let expected = ["tryout/python:3.13", "x:3.13", "y:7", "z"];
    assert_eq!(images(text), expected);
    assert_eq!(lines(text)[1], "ARG I=tryout/${N}");
    let text = "ARG A=a B=\"$A b\"\nARG C=${D-1}\nFROM x";
    let expected = ["ARG A=a B=\"$A b\"", "ARG C=${D-1}", "FROM x"];
    assert_eq!(lines(text), expected);
}

#[test]
fn an_instruction_is_one_line_at_its_old_place() {
    let text =
        "\u{feff}# a\n\n  FROM \\\n # b\n\n  one:1 \\  \n  AS x\r\nRUN a \\\n  FROM two\nFROM x\n";
    let plain = plainly(text).unwrap();
    assert_eq!(
        plain.text,
        "\n\nFROM one:1 AS x\n\n\n\n\nRUN a   FROM two\n\nFROM x\n"
    );
    assert_eq!(images(text), ["one:1"]);
}

/// What an engine reads where we read something else would be read past all that looks at it.
#[test]
fn an_engine_has_one_way_to_read_it() {
    let text = "# escape=`\nFROM `\none:1 AS a\nRUN c:\\\nFROM two:2\nCOPY --from=a b c";
    assert_eq!(images(text), ["one:1", "two:2"]);
    assert_eq!(lines(text)[0], "# escape=`");
    // An engine stops looking for directives at a line that is none.
    for hidden in [
        "# a b = c\n# escape=`\nFROM x\nRUN a `\nFROM host.example/y",
        "FROM x\nRUN a \\\u{a0}\nFROM host.example/y",
        "FROM x\nRUN a \\\u{b}\nFROM host.example/y",
        "FROM x\nRUN a \\\\\nFROM host.example/y",
        "FROM x\nRUN <<A\nFROM host.example/y\nA",
        "# escape=`\nFROM x\nRUN a` <<\"COPY\"\nCOPY a b",
        "FROM x\nCMD a\\",
    ] {
        let lines = lines(hidden);
        assert!(
            !lines.iter().any(|line| line.starts_with("FROM host")),
            "{lines:?}"
        );
        for line in &lines {
            assert!(
                !line.trim_end().ends_with(['\\', '`']) || line.starts_with('#'),
                "{line}"
            );
        }
    }
    for (unclear, part) in [
        ("FROM x\\y", "cannot be understood"),
        ("FROM ${A-host.example/x}", "cannot be understood"),
        ("ARG A=${B-x}\nFROM $A", "cannot be understood"),
        ("FROM", "names no image"),
        (
            "FROM x\nCOPY --fr\"om\"=host.example/y /a /b",
            "cannot be understood",
        ),
        (
            "FROM x\nCOPY --fr\\om=host.example/y /a /b",
            "cannot be understood",
        ),
        ("FROM x\nCOPY -- --from=y /a /b", "cannot be understood"),
        ("FROM x\nCOPY --from=$A /a /b", "cannot be understood"),
        (
            "FROM x\nRUN --mount=from=$A,target=/a b",
            "cannot be understood",
        ),
        ("\\\n\u{feff}FROM host.example/x", "no instruction"),
        ("FROM x AS 127.0.0.1:5000/x", "no name for a stage"),
        ("FROM x AS y z", "says more than"),
        (
            "FROM --platform=linux/arm64 x",
            "builds here are for linux/amd64",
        ),
        ("FROM x\nCOPY [\"a\", \"/\\ud800\"]", "cannot be understood"),
        ("FROM x\n\u{feff}COPY a b", "no instruction"),
    ] {
        refused(unclear, part);
    }
    // A stage is no image before it is there, nor for itself.
    let text = "FROM a AS b\nCOPY --from=b /x /y\nCOPY --from=c /x /y\nFROM d AS c\nFROM b";
    assert_eq!(images(text), ["a", "b", "c"]);
}

#[test]
fn variables_do_not_grow_without_end() {
    let chain = |keyword: &str| {
        let line = |n: usize| format!("{keyword} A{}={}\n", n + 1, format!("$A{n}").repeat(10));
        (0..9).map(line).collect::<String>()
    };
    refused(
        &format!("ARG A0=aaaaaaaaaa\n{}FROM x", chain("ARG")),
        "longer than 1048576 bytes",
    );
    refused(
        &format!("FROM x\n{}", chain("ENV")),
        "longer than 1048576 bytes",
    );
    refused(
        &format!("FROM x\n{}", chain("ARG")),
        "longer than 1048576 bytes",
    );
    // Nor over several stages.
    let stage = |n: usize| format!("FROM a{n} AS a{}\nENV A={}\n", n + 1, "$A".repeat(100));
    refused(&(0..3).map(stage).collect::<String>(), "longer than");
    let usual = "ENV PATH=/a:$PATH\n".repeat(500);
    plainly(&format!("FROM x\n{usual}")).unwrap();
}

#[test]
fn an_engine_is_not_made_to_fetch() {
    for text in [
        "ADD http://127.0.0.1/x /x",
        "add --chown=1:1 HTTPS://x /x",
        "ADD a b http://x /x",
        "ADD [\"\\u0068ttp://x\", \"/x\"]",
        "ADD --chown=1 [\"http://x\", \"/x\"]",
        "ADD \"ht\"\"tp\"://x /x",
        "ADD ht\\tp://x /x",
        "ADD \\\n  http://x \\\n /x",
        "ARG A\nADD $A /x",
        "ADD h${A} /x",
        "ADD git@github.com:a/b.git /x",
        "ONBUILD ADD http://x /x",
        "onbuild   add http://x /x",
        "ONBUILD COPY --from=x /a /b",
        "ONBUILD COPY --fr\"om\"=x /a /b",
        "ONBUILD FROM x",
        "ONBUILD \u{feff}ADD http://x /x",
        "ONBUILD RUN <<\"WORKDIR /x\"",
        "ADD [\"http://x\",\"/\\ud800\"]",
        "ADD [\"http://x\",\"/x\"]x",
        "ADD --chown=\"a http://x /x",
    ] {
        refused(text, "might make the engine itself fetch");
    }
    for text in [
        "ADD a.tar.gz /x",
        "ADD [a-z]*.gz /x",
        "ADD a ${B}",
        "COPY http://x /x",
        "RUN echo ADD http://x /x",
        "ONBUILD ADD a /x",
        "ONBUILD RUN make",
    ] {
        plainly(text).unwrap();
    }
}

#[test]
fn what_buildkit_knows_is_said_in_other_words() {
    let text = "# syntax=docker/dockerfile:1\n\
        FROM --platform=$BUILDPLATFORM x AS build\nARG TARGETARCH VERSION TARGETOS=plan9\n\
        RUN --mount=type=cache,target=/root/.npm \\\n    --mount=type=bind,source=package.json,target=package.json \\\n    npm ci\n\
        RUN --mount=type=secret,id=a --network=none make\n\
        COPY --link --chmod=0755 run.sh conf/ /bin/\n\
        HEALTHCHECK --start-interval=1s CMD curl localhost\n\
        FROM x\nCOPY --link --from=build /a /b\n\
        RUN --mount=type=bind,from=build,source=/c,target=/d cp /d /e";
    assert_eq!(
        lines(text),
        [
            "FROM x AS build",
            "ARG TARGETARCH=amd64 VERSION TARGETOS=linux",
            "COPY [\"package.json\",\"package.json\"]",
            "RUN npm ci",
            "RUN make",
            "COPY run.sh conf/ /bin/",
            "FROM x",
            "COPY --from=build /a /b",
            "COPY --from=build [\"/c\",\"/d\"]",
            "RUN cp /d /e",
        ]
    );
    let modes = plainly(text).unwrap().modes;
    let expected = [("run.sh", 0o755), ("conf/", 0o755)];
    assert_eq!(modes, expected.map(|(path, mode)| (path.to_owned(), mode)));
    for (text, part) in [
        ("FROM x\nCOPY --parents a/b /c", "known to BuildKit only"),
        ("FROM x\nCOPY --chmod=+x a /b", "in octal"),
        (
            "FROM x AS y\nFROM x\nCOPY --from=y --chmod=755 /a /b",
            "let RUN chmod follow",
        ),
        (
            "FROM x\nCOPY <<EOF /a\nb\nEOF",
            "put it into the submission",
        ),
        (
            "FROM x\nRUN --security=insecure a",
            "known to BuildKit only",
        ),
        (
            "FROM x\nRUN --mount=type=secret,id=a,required b",
            "requires a secret",
        ),
        ("FROM x\nRUN <<EOF\na", "no line ends what <<EOF begins"),
    ] {
        refused(text, part);
    }
}

#[test]
fn texts_become_commands_of_the_shell_that_is_said() {
    let shell = |line: &str| -> Vec<String> {
        serde_json::from_str(line.strip_prefix("RUN ").unwrap()).unwrap()
    };
    let found =
        lines("FROM x AS y\nRUN <<-EOF\n\ta\n\tb\nEOF\nRUN cat <<'EOF' > /x\n$A\nEOF\nCMD c");
    assert_eq!(shell(&found[1]), ["/bin/sh", "-c", "a\nb\n"]);
    let expected = ["/bin/sh", "-c", "cat <<'EOF' > /x\n$A\nEOF\n"];
    assert_eq!(shell(&found[2]), expected);
    assert_eq!(found[3], "CMD c");

    let bash = "SHELL [\"/bin/bash\", \"-c\"]";
    let text = format!(
        "FROM x AS y\n{bash}\nRUN <<A\na\nA\nFROM y AS z\nRUN <<A\nb\nA\nFROM x\nRUN <<A\nc\nA\nCOPY --from=z a b"
    );
    let found = lines(&text);
    assert_eq!(shell(&found[2]), ["/bin/bash", "-c", "a\n"]);
    assert_eq!(shell(&found[4]), ["/bin/bash", "-c", "b\n"]);
    assert_eq!(shell(&found[6]), ["/bin/sh", "-c", "c\n"]);

    // What an engine might take for one.
    let found = lines("FROM x\nRUN a b=\" <<b c\" <<<d\nRUN a $((1<<2))");
    assert_eq!(shell(&found[1]), ["/bin/sh", "-c", "a b=\" <<b c\" <<<d"]);
    assert_eq!(found[2], "RUN a $((1<<2))");

    let found = lines("FROM x\nRUN <<A\n#!/usr/bin/env python3\nprint(1)\nA");
    let words = shell(&found[1]);
    assert!(words[2].contains("<<'TRYOUT_END'\n#!/usr/bin/env python3\nprint(1)\nTRYOUT_END\n"));
}
