//! Pipeline files: what is valid with the jobs that are read from it, every mistake as people see it, and
//! hostile files. `pipeline/good/NAME.HOST.yml` has its jobs beside it, `pipeline/mistakes/NAME.HOST.yml`
//! its mistakes. `UPDATE_GOLDEN=1` rewrites them.

use std::{
    fmt::Write,
    fs,
    ops::Range,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use challenge_spec::pipeline::{Host, Job, Shell, host_of, read};

const GITHUB: &str = ".github/workflows/ci.yml";
const GITLAB: &str = ".gitlab-ci.yml";

fn files(kind: &str) -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/pipeline")
        .join(kind);
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .expect("the folder is part of the crate")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yml"))
        .collect();
    files.sort();
    files
}

fn path_of(file: &Path) -> &'static str {
    if file.to_string_lossy().ends_with(".gitlab.yml") {
        GITLAB
    } else {
        GITHUB
    }
}

fn told(path: &str, bytes: impl Into<Vec<u8>>) -> String {
    let problems = read(path, bytes.into()).expect_err("a mistake");
    problems.list().to_string()
}

fn jobs(path: &str, text: &str) -> Vec<Job> {
    read(path, text.as_bytes().to_vec()).unwrap_or_else(|problems| panic!("{}", problems.list()))
}

fn lines(numbers: Range<usize>, line: impl Fn(usize) -> String) -> String {
    let lines: Vec<String> = numbers.map(line).collect();
    lines.join("\n") + "\n"
}

fn events(push: bool, review: bool) -> String {
    let names = [(push, " push"), (review, " review")];
    names
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, name)| *name)
        .collect()
}

fn shown(jobs: &[Job]) -> String {
    let mut text = String::new();
    for job in jobs {
        let soft = if job.soft { " soft" } else { "" };
        let caches = if job.caches { " caches" } else { "" };
        let events_of_job = events(job.on_push, job.on_review);
        writeln!(text, "{}:{events_of_job}{soft}{caches}", job.name).expect("a string");
        for (name, value) in &job.env {
            writeln!(text, "  {name}={value}").expect("a string");
        }
        for script in &job.scripts {
            let soft = if script.soft { " soft" } else { "" };
            let events = events(script.on_push, script.on_review);
            let folder = script.folder.as_deref().unwrap_or(".");
            writeln!(text, "  {:?} in {folder}:{events}{soft}", script.shell).expect("a string");
            for (name, value) in &script.env {
                writeln!(text, "    {name}={value}").expect("a string");
            }
            for line in script.text.lines() {
                writeln!(text, "    > {line}").expect("a string");
            }
        }
    }
    text
}

fn hold_against(files: &[PathBuf], found: impl Fn(&Path) -> String) {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut differing = Vec::new();
    for file in files {
        let found = found(file);
        let golden = file.with_extension("txt");
        if update {
            fs::write(&golden, &found).expect("writable");
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            differing.push(format!("{}\n{found}", golden.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn good_files_give_their_jobs() {
    let files = files("good");
    assert!(files.len() >= 16, "only {} files", files.len());
    hold_against(&files, |file| {
        let text = fs::read_to_string(file).expect("readable");
        shown(&jobs(path_of(file), &text))
    });
}

#[test]
fn each_mistake_is_told_as_recorded() {
    let files = files("mistakes");
    assert!(files.len() >= 8, "only {} files", files.len());
    hold_against(&files, |file| {
        told(path_of(file), fs::read(file).expect("readable"))
    });
}

#[test]
fn a_file_is_known_by_its_path() {
    for (path, host) in [
        (".github/workflows/ci.yml", Some(Host::GitHub)),
        (".github/workflows/ci.yaml", Some(Host::GitHub)),
        (".gitlab-ci.yml", Some(Host::GitLab)),
        (".gitlab-ci.yaml", None),
        (".github/workflows/deeper/ci.yml", None),
        (".github/workflows/.yml", None),
        (".github/workflows/readme.md", None),
        (".github/ci.yml", None),
        ("app/.gitlab-ci.yml", None),
    ] {
        assert_eq!(host_of(path), host, "{path}");
    }
    assert!(told("Makefile", "all:\n").contains("not the path of a pipeline file"));
}

/// When a job runs: for pushes, for reviews.
fn runs(path: &str, text: &str, name: &str) -> (bool, bool) {
    let jobs = jobs(path, text);
    let job = jobs.iter().find(|job| job.name == name);
    job.map_or((false, false), |job| (job.on_push, job.on_review))
}

fn when(path: &str, text: &str) -> (bool, bool) {
    runs(path, text, "a")
}

#[test]
fn github_runs_for_the_events_that_are_named() {
    let job = "jobs: {a: {runs-on: x, steps: [{run: make}]}}\n";
    for (on, expected) in [
        ("push", (true, false)),
        ("[push, pull_request]", (true, true)),
        (
            "{push: , pull_request_target: {types: [opened]}}",
            (true, true),
        ),
        ("{push: {branches: [main]}}", (true, false)),
        ("{push: {branches: ['!main']}}", (false, false)),
        ("{push: {branches: []}}", (false, false)),
        ("{push: {branches-ignore: ['**']}}", (false, false)),
        ("{push: {branches-ignore: [docs]}}", (true, false)),
        ("{push: {tags: ['v*']}}", (false, false)),
        ("{push: {tags: ['v*'], branches: main}}", (true, false)),
        ("{push: {paths: ['src/**']}}", (true, false)),
        ("{pull_request: {types: [closed]}}", (false, false)),
        (
            "{pull_request: {types: [synchronize, labeled]}}",
            (false, true),
        ),
        ("{schedule: [{cron: '0 0 * * *'}]}", (false, false)),
        ("workflow_dispatch", (false, false)),
    ] {
        assert_eq!(when(GITHUB, &format!("on: {on}\n{job}")), expected, "{on}");
        // A job that only something else begins is still there.
        assert_eq!(jobs(GITHUB, &format!("on: {on}\n{job}")).len(), 1, "{on}");
    }
}

#[test]
fn github_skips_what_needs_a_skipped_job_unless_it_asks_for_the_state() {
    let file = |condition: &str, own: &str| {
        format!(
            "on: [push, pull_request]\njobs:\n  b:\n    needs: A\n    if: {own}\n    runs-on: x\n    \
             steps: [{{run: make}}]\n  a:\n    if: {condition}\n    runs-on: x\n    steps: [{{run: make}}]\n"
        )
    };
    for (condition, own, expected) in [
        ("github.event_name == 'push'", "success()", (true, false)),
        ("github.event_name == 'push'", "always()", (true, true)),
        (
            "github.event_name == 'push'",
            "github.event_name != 'push'",
            (false, false),
        ),
        ("false", "true", (false, false)),
        ("failure()", "true", (false, false)),
        ("vars.X == '1'", "true", (true, true)),
    ] {
        assert_eq!(
            runs(GITHUB, &file(condition, own), "b"),
            expected,
            "{condition} {own}"
        );
    }
    assert!(jobs(GITHUB, &file("false", "true")).is_empty());
}

#[test]
fn gitlab_runs_as_the_rules_say() {
    for (keys, expected) in [
        ("", (true, false)),
        ("only: [main]", (true, false)),
        ("only: [work]", (true, false)),
        ("only: develop", (false, false)),
        ("only: [tags]", (false, false)),
        ("only: [merge_requests]", (false, true)),
        ("only: [merge_requests, /^ma.*$/]", (true, true)),
        ("only: {variables: [$CI_COMMIT_TAG]}", (false, false)),
        (
            "only: {refs: [branches, merge_requests], variables: [$CI]}",
            (true, true),
        ),
        ("except: [branches]", (false, false)),
        ("except: [main]", (true, false)),
        ("except: {variables: ['$CI == \"true\"']}", (false, false)),
        ("when: manual", (false, false)),
        ("when: on_failure", (false, false)),
        ("when: always", (true, false)),
        ("rules: [{when: on_success}]", (true, true)),
        ("rules: [{when: never}]", (false, false)),
        ("rules: [{when: manual}]", (false, false)),
        (
            "rules: [{if: $CI_COMMIT_BRANCH, when: never}, {when: always}]",
            (false, true),
        ),
        (
            "rules: [{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"'}]",
            (false, true),
        ),
        ("rules: [{changes: [src/*]}]", (true, true)),
        (
            "rules: [{if: $X, when: never}, {if: $CI_COMMIT_BRANCH}]",
            (true, false),
        ),
        (
            "rules: [{if: $MODE, when: never}, {when: always}]\n  variables: {MODE: x}",
            (false, false),
        ),
        ("rules: [{if: $CI_COMMIT_TAG}]", (false, false)),
    ] {
        let text = format!("a:\n  script: make\n  {keys}\n");
        assert_eq!(when(GITLAB, &text), expected, "{keys}");
    }
}

#[test]
fn gitlab_makes_no_pipeline_that_the_workflow_does_not_want() {
    let job = "a: {script: make}\nb: {script: make, needs: [a]}\n";
    for (workflow, expected) in [
        // Rules of the pipeline take away that jobs without rules are for branches only.
        (
            "workflow: {rules: [{if: $CI_MERGE_REQUEST_IID}]}",
            (false, true),
        ),
        (
            "workflow: {rules: [{if: $CI_COMMIT_BRANCH}]}",
            (true, false),
        ),
        ("workflow: {rules: [{when: always}]}", (true, true)),
        (
            "workflow: {rules: [{if: $CI_COMMIT_BRANCH, when: never}]}",
            (false, false),
        ),
        ("workflow: {name: all}", (true, false)),
    ] {
        assert_eq!(
            when(GITLAB, &format!("{workflow}\n{job}")),
            expected,
            "{workflow}"
        );
    }
    // Nor one in which something that is needed is missing.
    let text =
        "a: {script: make}\nb: {script: x, needs: [c]}\nc: {script: y, rules: [{when: never}]}\n";
    assert!(!when(GITLAB, text).0);
    assert!(when(GITLAB, &text.replace("[c]", "[{job: c, optional: true}]")).0);
    // Whether it is missing may not be known: then only what needs it does not run.
    let unsure = text.replace(
        "[{when: never}]",
        "[{if: $X, when: never}, {if: $CI_COMMIT_TAG}]",
    );
    assert!(runs(GITLAB, &unsure, "a").0 && !runs(GITLAB, &unsure, "b").0);
}

#[test]
fn softness_and_caches_of_gitlab() {
    let of = |text: &str| {
        let job = &jobs(GITLAB, text)[0];
        (job.soft, job.caches)
    };
    for (text, expected) in [
        ("a: {script: x, allow_failure: true}", (true, false)),
        (
            "a: {script: x, allow_failure: {exit_codes: 3}}",
            (true, false),
        ),
        (
            "a: {script: x, rules: [{allow_failure: true}]}",
            (true, false),
        ),
        (
            "a: {script: x, allow_failure: true, rules: [{allow_failure: false}]}",
            (false, false),
        ),
        // Where it counts once, it counts.
        (
            "a: {script: x, rules: [{if: $CI_COMMIT_BRANCH, allow_failure: true}, {when: always}]}",
            (false, false),
        ),
        ("a: {script: x, cache: {paths: [b]}}", (false, true)),
        (
            "a: {script: x, cache: [{paths: [b], policy: pull}]}",
            (false, true),
        ),
        ("cache: {paths: [b]}\na: {script: x}", (false, true)),
        (
            "default: {cache: {untracked: true}}\na: {script: x}",
            (false, true),
        ),
        (
            "cache: {paths: [b]}\na: {script: x, cache: []}",
            (false, false),
        ),
        (
            "cache: {paths: [b]}\na: {script: x, cache: {}}",
            (false, false),
        ),
        ("cache: {key: b}\na: {script: x}", (false, false)),
        (
            "cache: {paths: [b]}\na: {script: x, inherit: {default: false}}",
            (false, false),
        ),
        (
            "cache: {paths: [b]}\na: {script: x, inherit: {default: [cache]}}",
            (false, true),
        ),
    ] {
        assert_eq!(of(text), expected, "{text}");
    }
}

#[test]
fn shells_of_github() {
    let text = "on: push\ndefaults: {run: {shell: sh}}\njobs:\n  a:\n    runs-on: x\n    defaults: {run: {shell: bash}}\n    \
                steps: [{run: a}, {run: b, shell: pwsh}]\n  b: {runs-on: x, steps: [{run: c}]}\n";
    let shells: Vec<Shell> = jobs(GITHUB, text)
        .iter()
        .flat_map(|job| job.scripts.iter().map(|script| script.shell))
        .collect();
    assert_eq!(shells, [Shell::BashPipefail, Shell::Other, Shell::Sh]);
}

#[test]
fn hostile_files_are_refused_soon() {
    let start = Instant::now();
    for path in [GITHUB, GITLAB] {
        assert!(told(path, vec![b' '; 2 << 20]).contains("more than 1048576 bytes"));
        assert!(told(path, *b"a: \xff\n").contains("is not UTF-8"));
        assert!(told(path, "").contains("the file is empty"));
        assert!(told(path, "# nothing\n").contains("the file is empty"));
        assert!(told(path, "- a\n").contains("expected an object, found a list"));
        assert!(told(path, "{".repeat(10_000)).contains(":1:"));
        let laughs = lines(1..30, |level| {
            format!("a{level}: &a{level} [*a{0}, *a{0}, *a{0}]", level - 1)
        });
        let laughs = format!("a0: &a0 [lol]\n{laughs}");
        assert!(told(path, laughs).contains("the anchors grow"));
        // A long text that is used again and again.
        let large = format!(
            "x: &x {}\ny: [{}]\n",
            "x".repeat(500_000),
            "*x, ".repeat(20_000)
        );
        told(path, large);
        let many = lines(0..300, |job| format!("  j{job}: {{script: x}}"));
        let many = match path {
            GITLAB => many.replace("  j", "j"),
            _ => format!("on: push\njobs:\n{many}"),
        };
        assert!(told(path, many).contains("more than 200 jobs"));
    }
    let keys = lines(0..2000, |key| format!("k{key}: 1"));
    let problems = read(GITHUB, keys.into_bytes()).expect_err("mistakes");
    assert!(problems.count() >= 1000 && problems.told().len() == 100);
    assert!(
        start.elapsed() < Duration::from_mins(1),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn templates_and_references_are_bounded() {
    let start = Instant::now();
    // Templates that stand on each other and each bring more.
    let keys = lines(0..400, |key| format!("k{key}: v,"));
    let template =
        |number: usize, base: &str| format!(".t{number}: {{{base} variables: {{{keys}}}}}\n");
    let mut text = template(0, "");
    for number in 1..20 {
        text += &template(number, "extends: .t0,");
    }
    for job in 0..190 {
        writeln!(
            text,
            "j{job}: {{script: x, extends: [.t1, .t2, .t3, .t4, .t5]}}"
        )
        .expect("a string");
    }
    assert!(told(GITLAB, text).contains("more than 200000 values"));
    // References that double what they lead to.
    let mut text = ".r0: {script: [x]}\n".to_owned();
    for number in 1..9 {
        let before = format!("!reference [.r{}, script]", number - 1);
        writeln!(
            text,
            ".r{number}: {{script: [{}]}}",
            vec![before; 9].join(", ")
        )
        .expect("a string");
    }
    text += "a:\n  script: !reference [.r8, script]\n";
    assert!(told(GITLAB, text).contains("more than 200000 values"));
    // Lines that many jobs take over.
    let mut text = format!("before_script: ['{}']\n", "x".repeat(500_000));
    for job in 0..190 {
        writeln!(text, "j{job}: {{script: x}}").expect("a string");
    }
    assert!(told(GITLAB, text).contains("more than 200000 values"));
    // A chain of templates, however long.
    let chain = lines(1..5000, |number| {
        format!(".t{number}: {{extends: .t{}}}", number - 1)
    });
    let text = format!(".t0: {{script: x}}\n{chain}a: {{extends: .t4999}}\n");
    assert!(told(GITLAB, text).contains("more than 11 jobs extend each other"));
    // Conditions that are costly, again and again.
    let rules = lines(0..10_000, |number| {
        format!("{{if: '$CI =~ /(a{{50}}){{20}}|{number}/ && $X'}},")
    });
    let rules = rules.replace('\n', " ");
    jobs(GITLAB, &format!("a: {{script: x, rules: [{rules}]}}\n"));
    let condition = format!("{}a{}", "(".repeat(200_000), ")".repeat(200_000));
    let text =
        format!("on: push\njobs: {{a: {{runs-on: x, if: '{condition}', steps: [{{run: y}}]}}}}\n");
    assert_eq!(jobs(GITHUB, &text).len(), 1);
    assert!(
        start.elapsed() < Duration::from_mins(1),
        "{:?}",
        start.elapsed()
    );
}
