//! Pipeline files as people write them, and what their hosts refuse.

use challenge_spec::pipeline::{Host, Job, Shell, host_of, read};

const WORKFLOW: &str = ".github/workflows/ci.yml";
const GITLAB: &str = ".gitlab-ci.yml";

fn jobs(host: Host, text: &str) -> Vec<Job> {
    let path = match host {
        Host::GitHub => WORKFLOW,
        Host::GitLab => GITLAB,
    };
    read(path, host, text.as_bytes().to_vec())
        .unwrap_or_else(|problems| panic!("{text}\n{}", problems.list()))
}

/// Name, when it runs (`p` for pushes, `r` for reviews), `s` where it is soft, `c` where it caches, and its
/// scripts in one line.
fn told(host: Host, text: &str) -> Vec<String> {
    let yes = |is: bool, word: &'static str| if is { word } else { "" };
    let line = |job: &Job| {
        let scripts: Vec<String> = job
            .scripts
            .iter()
            .map(|script| {
                format!(
                    "{}{}",
                    script.text.trim().replace('\n', "; "),
                    yes(script.soft, "?")
                )
            })
            .collect();
        format!(
            "{} {}{}{}{}: {}",
            job.name,
            yes(job.on_push, "p"),
            yes(job.on_review, "r"),
            yes(job.soft, "s"),
            yes(job.caches, "c"),
            scripts.join(" | ")
        )
    };
    jobs(host, text).iter().map(line).collect()
}

fn mistakes(host: Host, text: &str) -> Vec<String> {
    let path = match host {
        Host::GitHub => WORKFLOW,
        Host::GitLab => GITLAB,
    };
    let problems = read(path, host, text.as_bytes().to_vec()).expect_err(text);
    let list = problems.list().to_string();
    let lines = list
        .lines()
        .filter_map(|line| line.strip_prefix(path)?.strip_prefix(':'));
    lines.map(str::to_owned).collect()
}

#[test]
fn only_files_that_a_host_reads_are_pipelines() {
    for (path, host) in [
        (".github/workflows/ci.yml", Some(Host::GitHub)),
        (".github/workflows/ci.yaml", Some(Host::GitHub)),
        (".gitlab-ci.yml", Some(Host::GitLab)),
        (".github/workflows/deep/ci.yml", None),
        (".github/ci.yml", None),
        (".gitlab-ci.yaml", None),
        ("app/.gitlab-ci.yml", None),
    ] {
        assert_eq!(host_of(path), host, "{path}");
    }
}

#[test]
fn workflows_as_people_write_them() {
    let usual = "name: ci\non: [push, pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    strategy: { matrix: { python: ['3.12', 3.13] } }\n    services: { db: { image: postgres } }\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-python@v5\n        with: { python-version: '${{ matrix.python }}', cache: pip }\n      - run: |\n          pip install -r requirements.txt\n          pytest -q ${{ matrix.more }}\n";
    assert_eq!(
        told(Host::GitHub, usual),
        ["test prc: pip install -r requirements.txt; pytest -q expression"]
    );
    let filters = "on:\n  push: { branches: [main] }\n  pull_request:\n    paths: ['src/**']\n  workflow_dispatch:\njobs:\n  build: { runs-on: x, steps: [{ run: make }] }\n  test:\n    needs: build\n    runs-on: [self-hosted, linux]\n    continue-on-error: true\n    steps:\n      - { run: make test, continue-on-error: true, shell: bash }\n      - { run: make report, if: failure() }\n";
    assert_eq!(
        told(Host::GitHub, filters),
        ["build pr: make", "test prs: make test?"]
    );
    // Told apart where what runs is not the same.
    let apart = "on: [push, pull_request]\njobs:\n  test:\n    runs-on: x\n    steps:\n      - { run: quick }\n      - { run: slow, if: github.event_name == 'push' }\n  deploy:\n    if: github.event_name != 'pull_request'\n    runs-on: x\n    steps: [{ run: ship }]\n  after: { needs: [deploy], runs-on: x, steps: [{ run: tell }] }\n";
    assert_eq!(
        told(Host::GitHub, apart),
        [
            "test p: quick | slow",
            "deploy p: ship",
            "after p: tell",
            "test r: quick",
        ]
    );
    for (on, expected) in [
        ("push", "p"),
        ("pull_request_target", "r"),
        ("{ push: { tags: ['v*'] } }", ""),
        ("{ push: { tags: ['v*'], branches: ['**'] } }", "p"),
        ("{ push: { branches-ignore: ['**'] }, pull_request: }", "r"),
        ("{ schedule: [{ cron: '0 0 * * *' }] }", ""),
    ] {
        let text = format!("on: {on}\njobs:\n  a: {{ runs-on: x, steps: [{{ run: y }}] }}\n");
        let all = told(Host::GitHub, &text);
        let expected: Vec<String> = Some(expected)
            .filter(|when| !when.is_empty())
            .map(|when| format!("a {when}: y"))
            .into_iter()
            .collect();
        assert_eq!(all, expected, "{on}");
    }
}

#[test]
fn shells_variables_and_caches_of_workflows() {
    let text = "on: push\nenv: { A: 1, B: '${{ secrets.B }}' }\ndefaults: { run: { shell: bash } }\njobs:\n  a:\n    runs-on: x\n    env: { C: it is }\n    steps:\n      - { run: one }\n      - { run: two, shell: sh, env: { D: 'yes' } }\n      - { run: three, shell: pwsh }\n      - { run: four, shell: 'bash -e {0}' }\n";
    let all = jobs(Host::GitHub, text);
    let shells: Vec<Shell> = all[0].scripts.iter().map(|script| script.shell).collect();
    assert_eq!(
        shells,
        [Shell::BashPipefail, Shell::Sh, Shell::Other, Shell::Bash]
    );
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(all[0].env, [pair("A", "1"), pair("C", "it is")]);
    assert_eq!(all[0].scripts[1].env, [pair("D", "yes")]);
    for (step, caches) in [
        (
            "{ uses: actions/cache@v4, with: { path: x, key: y } }",
            true,
        ),
        ("{ uses: Swatinem/rust-cache@v2 }", true),
        (
            "{ uses: actions/setup-node@v4, with: { cache: npm } }",
            true,
        ),
        (
            "{ uses: actions/setup-node@v4, with: { node-version: 20 } }",
            false,
        ),
        ("{ uses: actions/setup-go@v5 }", true),
        (
            "{ uses: actions/setup-go@v5, with: { cache: false } }",
            false,
        ),
        ("{ uses: actions/setup-go@v3 }", false),
        (
            "{ uses: ruby/setup-ruby@v1, with: { bundler-cache: true } }",
            true,
        ),
        ("{ uses: ruby/setup-ruby@v1 }", false),
        ("{ uses: astral-sh/setup-uv@v6 }", true),
        ("{ uses: actions/checkout@v4 }", false),
    ] {
        let text =
            format!("on: push\njobs:\n  a: {{ runs-on: x, steps: [{step}, {{ run: y }}] }}\n");
        assert_eq!(jobs(Host::GitHub, &text)[0].caches, caches, "{step}");
    }
}

#[test]
fn what_github_refuses() {
    let job = "jobs:\n  a: { runs-on: x, steps: [{ run: y }] }\n";
    for (text, expected) in [
        (format!("name: x\n{job}"), "1:1: a workflow needs `on`"),
        (
            format!("on: pusch\n{job}"),
            "1:5: there is no event `pusch`",
        ),
        (
            format!("on: {{ pul_request: }}\n{job}"),
            "1:7: there is no event `pul_request`",
        ),
        ("on: push\n".to_owned(), "1:1: a workflow needs `jobs`"),
        ("on: push\njobs: {}\n".to_owned(), "2:7: there are no jobs"),
        (
            format!("on: push\nstages: [a]\n{job}"),
            "2:1: unknown key `stages`",
        ),
        (
            "on: push\njobs:\n  a: { steps: [{ run: y }] }\n".to_owned(),
            "3:3: the job `a` does not say where it runs",
        ),
        (
            "on: push\njobs:\n  a: { runs-on: x }\n".to_owned(),
            "3:3: the job `a` has no steps",
        ),
        (
            "on: push\njobs:\n  a: { runs-on: x, steps: [] }\n".to_owned(),
            "3:27: `steps` has to be a list of at least one",
        ),
        (
            "on: push\njobs:\n  a: { runs-on: x, step: [{ run: y }], steps: [{ run: y }] }\n"
                .to_owned(),
            "3:20: unknown key `step`",
        ),
        (
            "on: push\njobs:\n  a: { runs-on: x, steps: [{ name: y }] }\n".to_owned(),
            "3:28: a step has to have `run` or `uses`",
        ),
        (
            "on: push\njobs:\n  a: { runs-on: x, steps: [{ run: y, uses: z }] }\n".to_owned(),
            "3:30: a step has `run` or `uses`, not both",
        ),
        (
            "on: push\njobs:\n  a: { runs-on: x, steps: [{ run: [y] }] }\n".to_owned(),
            "3:35: `run` has to be a text",
        ),
        (
            "on: push\njobs:\n  a: { runs-on: x, needs: b, steps: [{ run: y }] }\n".to_owned(),
            "3:27: there is no job `b`",
        ),
        (
            "on: push\njobs:\n  1a: { runs-on: x, steps: [{ run: y }] }\n".to_owned(),
            "3:3: `1a` is no id of a job",
        ),
        (
            "- a\n- b\n".to_owned(),
            "1:1: a workflow has to be an object of keys and values",
        ),
        (
            "on: push\non: push\njobs:\n  a: { runs-on: x, steps: [{ run: y }] }\n".to_owned(),
            "2:1: ",
        ),
        ("on: [push\n".to_owned(), ""),
        (String::new(), "1:1: a workflow has to be"),
    ] {
        let told = mistakes(Host::GitHub, &text);
        assert!(
            told.iter().any(|line| line.starts_with(expected)),
            "{text}\n{told:#?}\n{expected}"
        );
    }
}

#[test]
fn gitlab_files_as_people_write_them() {
    let plain = "image: python:3.13\ncache: { paths: [.cache/] }\nbefore_script: [pip install -r requirements.txt]\ntest:\n  script:\n    - pytest -q\n";
    assert_eq!(
        told(Host::GitLab, plain),
        ["test pc: pip install -r requirements.txt; pytest -q"]
    );
    let both = "stages: [test, deploy]\nworkflow:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n    - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS\n      when: never\n    - if: $CI_COMMIT_BRANCH\nsuite:\n  stage: test\n  cache: []\n  script: npm test\nship:\n  stage: deploy\n  script: [ship]\n  rules:\n    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n      when: manual\n";
    assert_eq!(told(Host::GitLab, both), ["suite pr: npm test"]);
    let extended = "variables: { A: one, B: $A }\n.base: &base\n  before_script: [setup]\n  allow_failure: true\n.more:\n  extends: .base\n  rules:\n    - if: $CI_MERGE_REQUEST_IID\n    - if: '$CI_COMMIT_BRANCH =~ /^main$/'\n      allow_failure: false\na:\n  extends: [.more]\n  script: [run a]\nb:\n  <<: *base\n  script:\n    - !reference [a, script]\n    - [then b]\nc:\n  needs: [a, { job: b }]\n  only: [merge_requests]\n  script: c\nd: { only: { refs: [main] }, except: [work], script: d }\n";
    assert_eq!(
        told(Host::GitLab, extended),
        [
            "a ps: setup; run a",
            "b ps: setup; run a; then b",
            "c r: c",
            "d p: d",
        ]
        .map(str::to_owned)
        .to_vec()
        .into_iter()
        .flat_map(|line| match line.as_str() {
            // Its rules say other things of failing on each occasion.
            "a ps: setup; run a" => vec![
                "a p: setup; run a".to_owned(),
                "a rs: setup; run a".to_owned()
            ],
            _ => vec![line],
        })
        .collect::<Vec<_>>()
    );
    assert_eq!(
        jobs(Host::GitLab, extended)[0].env,
        [("A".to_owned(), "one".to_owned())]
    );
    let included =
        "include: [{ template: Jobs/X.yml }]\ntest: { extends: .elsewhere, stage: test }\n";
    assert_eq!(told(Host::GitLab, included), ["test p: "]);
    assert_eq!(
        told(Host::GitLab, "pages: { script: x, when: manual }\n"),
        [""; 0]
    );
}

#[test]
fn what_gitlab_refuses() {
    for (text, expected) in [
        ("a: { scripts: [x] }\n", "1:6: unknown key `scripts`"),
        ("a: { image: x }\n", "1:1: the job `a` has no `script`"),
        (
            "a: { script: { b: c } }\n",
            "1:14: `script` has to be a text or a list of texts",
        ),
        (
            "a: { script: x, stage: tests }\n",
            "1:24: there is no stage `tests`",
        ),
        (
            "a: { script: x, extends: .b }\n",
            "1:26: there is no job `.b` to extend",
        ),
        (
            ".a: { extends: .b }\n.b: { extends: .a }\n",
            "1:16: jobs extend each other",
        ),
        (
            "a: { script: x, needs: [b] }\n",
            "1:25: there is no job `b`",
        ),
        ("a: x\n", "1:4: the job `a` has to be an object"),
        (".a: { script: x }\n", "1:1: there is no job that runs"),
        (
            "stages: { a: b }\nx: { script: y }\n",
            "1:9: `stages` has to be a list of names",
        ),
        ("a: { script: x }\na: { script: y }\n", "2:1: "),
        ("- a\n", "1:1: a pipeline has to be"),
    ] {
        let told = mistakes(Host::GitLab, text);
        assert!(
            told.iter().any(|line| line.starts_with(expected)),
            "{text}\n{told:#?}\n{expected}"
        );
    }
}

#[test]
fn hostile_files_end() {
    let long = "x".repeat(2 << 20);
    let deep = format!("a: {}1{}\n", "[".repeat(10_000), "]".repeat(10_000));
    let bomb = (1..12).fold("a0: &a0 [x, x]\n".to_owned(), |all, n| {
        let one = format!("*a{}", n - 1);
        format!("{all}a{n}: &a{n} [{}]\n", vec![one; 12].join(", "))
    });
    let circles = (0..30).fold(String::new(), |all, n| {
        let names: Vec<String> = (0..30).map(|n| format!(".j{n}")).collect();
        format!("{all}.j{n}: {{ extends: [{}] }}\n", names.join(", "))
    });
    let parts = (0..12).fold(
        "a: { script: [!reference [.p0, s]] }\n".to_owned(),
        |all, n| {
            let parts = vec![format!("!reference [.p{}, s]", n + 1); 40].join(", ");
            format!("{all}.p{n}: {{ s: [{parts}] }}\n")
        },
    );
    for text in [circles, parts + ".p12: { s: x }\n"] {
        let bytes = text.into_bytes();
        assert!(read(GITLAB, Host::GitLab, bytes).is_err());
    }
    for text in [long.as_str(), &deep, &bomb, "\0", "%"] {
        for host in [Host::GitHub, Host::GitLab] {
            assert!(read("ci.yml", host, text.as_bytes().to_vec()).is_err());
        }
    }
    assert!(read("ci.yml", Host::GitHub, vec![0xff, 0xfe]).is_err());
}
