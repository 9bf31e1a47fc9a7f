//! What a candidate's program prints or answers becomes neither markup nor an escape, and a report
//! for people stays small whatever it is.

use comrak::{Arena, Options, nodes::NodeValue, parse_document};
use report::{
    model::{
        Answer, Capacity, Evidence, Exchange, Log, Migration, Mismatch, PrintedLine, Query, Report,
        Setup, Statement, SubmissionFailure, TallyLine, WriteFailure,
    },
    neutral,
    render::{
        html, junit, markdown,
        terminal::{self, Style},
    },
    write::Format,
};
use serde_json::json;

use crate::examples;

/// Short enough to be nowhere cut off.
const ATTACKS: [&str; 14] = [
    "</pre></td><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><a href=\"javascript:alert(1)\">x</a>",
    "`<b onclick=x>` ]]> <!-- ",
    "{{ 77 * 77 }} {% raw %} {# note #}",
    "`code` ``` ~~~ | cell | ~~gone~~",
    "[link](http://evil.example)",
    "![pic](http://evil.example/p.png)",
    "http://evil.example www.evil.example",
    "<http://evil.example> you@evil.example",
    "@everyone see #1 **bold** __b__ \\",
    "\u{1b}[2J\u{1b}]8;;http://evil.example\u{7}x",
    "\u{9b}31m\u{202e}desrever\u{2066}\u{200b}",
    "a\r\n# heading\n\n- item\n| a |\n| - |\n",
];

/// The mixed example with `text` wherever somebody else's text can stand.
fn filled(text: &str) -> Report {
    let mut report = examples::mixed();
    let text = || text.to_owned();
    report.challenge.title = text();
    report.challenge.version = text();
    report.submission.name = text();
    report.submission.digest = text();
    report.run.id = text();
    report.run.setup = Some(Setup {
        found: text(),
        runtime: Some(text()),
        migrate: Some(text()),
        start: Some(text()),
        test: Some(text()),
    });
    report.tool.version = text();
    report.run.images.insert(text(), text());
    report.run.isolation[0].detail = text();
    report.run.only = Some(vec![text()]);
    for skill in &mut report.skills {
        skill.title = text();
    }
    if let Some(practice) = &mut report.practice {
        practice.language = Some(text());
        let mut second = practice.tools[0].clone();
        second.not_run = Some(text());
        second.findings = None;
        practice.tools.push(second);
        for tool in &mut practice.tools {
            tool.name = text();
            tool.version = Some(text());
            tool.about = text();
            tool.rules[0].rule = text();
            for remark in &mut tool.first {
                remark.file = text();
                remark.rule = text();
                remark.message = text();
            }
        }
    }
    for check in &mut report.checks {
        check.id = text();
        check.title = text();
        check.skill = text();
        check.reason = Some(text());
        check.ask = Some(text());
        for evidence in &mut check.evidence {
            fill(evidence, &text());
        }
    }
    report.submission_failure = Some(SubmissionFailure {
        kind: text(),
        reason: text(),
        evidence: vec![
            Evidence::Log(Log {
                source: text(),
                lines: vec![text(), text()],
                lines_omitted: 0,
            }),
            Evidence::Note(text()),
        ],
    });
    report
}

fn fill(evidence: &mut Evidence, text: &str) {
    match evidence {
        Evidence::Exchange(exchange) => fill_exchange(exchange, text),
        Evidence::Burst(burst) => {
            burst.tally.push(TallyLine {
                what: text.to_owned(),
                count: 1,
            });
            burst.mismatches.push(mismatch(text));
            for sample in &mut burst.samples {
                fill_exchange(sample, text);
            }
        }
        Evidence::Query(query) => fill_query(query, text),
        Evidence::Statements(counted) => {
            text.clone_into(&mut counted.step);
            text.clone_into(&mut counted.service);
            counted.mismatches.push(mismatch(text));
            counted.statements.push(Statement {
                text: text.to_owned(),
                calls: 1,
                rows: 1,
                blocks: 1,
            });
        }
        Evidence::Plan(plan) => {
            text.clone_into(&mut plan.step);
            text.clone_into(&mut plan.service);
            text.clone_into(&mut plan.query);
            plan.args.push(text.into());
            plan.nodes.push(text.to_owned());
            plan.mismatches.push(mismatch(text));
        }
        Evidence::Keyspace(keyspace) => {
            text.clone_into(&mut keyspace.step);
            text.clone_into(&mut keyspace.service);
            keyspace.mismatches.push(mismatch(text));
            text.clone_into(&mut keyspace.shown[0].name);
            let counts = keyspace.counts.iter_mut();
            counts.for_each(|counts| text.clone_into(&mut counts.by_name[0].name));
        }
        Evidence::Fault(fault) => {
            text.clone_into(&mut fault.step);
            text.clone_into(&mut fault.service);
        }
        Evidence::Upstream(counted) => {
            text.clone_into(&mut counted.step);
            text.clone_into(&mut counted.service);
            counted.mismatches.push(mismatch(text));
            text.clone_into(&mut counted.forms[0].call);
        }
        Evidence::Printed(printed) => {
            text.clone_into(&mut printed.step);
            printed.mismatches.push(mismatch(text));
            printed.lines.push(PrintedLine {
                text: text.to_owned(),
                mismatches: vec![mismatch(text)],
            });
        }
        Evidence::Comparison(comparison) => {
            text.clone_into(&mut comparison.step);
            text.clone_into(&mut comparison.against);
            comparison.mismatches.push(mismatch(text));
            for pair in &mut comparison.exchanges {
                fill_exchange(&mut pair.subject, text);
                fill_exchange(&mut pair.reference, text);
            }
        }
        Evidence::Load(load) => {
            text.clone_into(&mut load.step);
            load.mismatches.push(mismatch(text));
            load.apart.lacks.push(text.to_owned());
            text.clone_into(&mut load.requests[0].send);
            text.clone_into(&mut load.ratios[0].of);
            for side in &mut load.sides {
                text.clone_into(&mut side.subject);
                side.runs[0].says_nothing = Some(text.to_owned());
                side.runs[0].errors.push(TallyLine {
                    what: text.to_owned(),
                    count: 1,
                });
            }
            for sample in &mut load.samples {
                fill_exchange(sample, text);
            }
        }
        Evidence::Capacity(capacity) => fill_capacity(capacity, text),
        Evidence::Migration(migration) => fill_migration(migration, text),
        Evidence::Log(log) => log.lines.push(text.to_owned()),
        Evidence::Note(note) => text.clone_into(note),
    }
}

fn fill_migration(migration: &mut Migration, text: &str) {
    text.clone_into(&mut migration.step);
    text.clone_into(&mut migration.service);
    migration.mismatches.push(mismatch(text));
    let run = &mut migration.runs[0];
    text.clone_into(&mut run.waits[0].lock);
    run.waits[0].behind.push(text.to_owned());
    run.failures.push(WriteFailure {
        what: text.to_owned(),
        count: 1,
    });
}

fn fill_capacity(capacity: &mut Capacity, text: &str) {
    text.clone_into(&mut capacity.step);
    text.clone_into(&mut capacity.of);
    capacity.mismatches.push(mismatch(text));
    capacity.apart.lacks.push(text.to_owned());
    text.clone_into(&mut capacity.requests[0].send);
    for side in &mut capacity.sides {
        text.clone_into(&mut side.subject);
        let search = &mut side.searches[0];
        text.clone_into(&mut search.end);
        search.tries[0].says_nothing = Some(text.to_owned());
        search.tries[0].failed.push(TallyLine {
            what: text.to_owned(),
            count: 1,
        });
    }
}

fn fill_exchange(exchange: &mut Exchange, text: &str) {
    let own = || text.to_owned();
    exchange.step = own();
    exchange.request.method = own();
    exchange.request.target = own();
    exchange.request.headers.push((own(), own()));
    exchange.request.body = Some(own());
    exchange.answer = Some(Answer {
        status: 200,
        headers: vec![(own(), own())],
        body: own(),
        body_omitted: 3,
    });
    exchange.mismatches.push(mismatch(text));
    exchange.diff = Some(own());
    exchange.curl = own();
}

fn fill_query(query: &mut Query, text: &str) {
    text.clone_into(&mut query.service);
    text.clone_into(&mut query.query);
    query.args = vec![json!(text)];
    query.rows = vec![json!({ text: text })];
    query.diff = Some(text.to_owned());
    query.mismatches.push(mismatch(text));
}

fn mismatch(text: &str) -> Mismatch {
    Mismatch {
        at: text.to_owned(),
        expected: text.to_owned(),
        actual: text.to_owned(),
    }
}

fn assert_nothing_hidden(name: &str, text: &str) {
    let hidden = text
        .chars()
        .find(|&c| !matches!(c, '\n' | '\t') && neutral::is_hidden(c));
    assert_eq!(hidden, None, "{name}");
}

/// The tags of a page, each with its attributes, as they are written.
fn tags(page: &str) -> Vec<&str> {
    let (_, body) = page.split_once("</style>").expect("a page has styles");
    body.split('<')
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap_or_default())
        .collect()
}

#[test]
fn a_page_has_the_tags_of_its_templates_alone() {
    let calm = html::render(&filled("calm")).unwrap();
    let calm = tags(&calm);
    for attack in ATTACKS {
        let page = html::render(&filled(attack)).unwrap();
        assert_nothing_hidden(attack, &page);
        assert!(!page.contains("5929"), "a template in a text was rendered");
        for tag in tags(&page) {
            let name = |tag: &str| tag.split(' ').next().unwrap().to_owned();
            let known = calm.iter().any(|calm| name(calm) == name(tag));
            assert!(known, "{attack}: <{tag}>");
            let quotes = |tag: &str| tag.matches('"').count();
            let alike = calm.iter().any(|calm| quotes(calm) == quotes(tag));
            assert!(alike, "{attack}: <{tag}>");
        }
    }
    let escapes = html::render(&filled(ATTACKS[11])).unwrap();
    assert!(escapes.contains("␛[2J"));
    let directions = html::render(&filled(ATTACKS[12])).unwrap();
    assert!(directions.contains("\\u{202e}desrever"));
}

#[test]
fn a_page_escapes_as_much_as_it_was_given() {
    let calm = html::render(&filled("calm")).unwrap();
    for attack in ["<b>&\"'", "`<b>` <i", "\" onclick=\"x"] {
        let attacked = html::render(&filled(attack)).unwrap();
        let attributes = |page: &str| page.matches("=\"").count();
        assert_eq!(attributes(&calm), attributes(&attacked), "{attack}");
        let markup = |page: &str| -> Vec<String> {
            let names = tags(page).into_iter().map(|tag| tag.split(' ').next());
            names
                .flatten()
                .filter(|name| !name.ends_with("code"))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(markup(&calm), markup(&attacked), "{attack}");
    }
}

#[test]
fn markdown_has_no_link_no_html_and_no_structure_of_others() {
    for attack in ATTACKS {
        let text = markdown::render(&filled(attack));
        // The one hidden character that is the renderer's own.
        assert_nothing_hidden(attack, &text.replace('\u{200b}', ""));
        assert_harmless_markdown(attack, &text);
    }
}

fn assert_harmless_markdown(attack: &str, text: &str) {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options);
    let mut flow = String::new();
    let mut headings = 0;
    for node in root.descendants() {
        let value = &node.data.borrow().value;
        match value {
            NodeValue::Link(_) | NodeValue::Image(_) | NodeValue::Strikethrough => {
                panic!("{attack}: {value:?} in\n{text}")
            }
            NodeValue::HtmlInline(html) => {
                assert!(["<sub>", "</sub>"].contains(&html.as_str()), "{html}");
            }
            NodeValue::HtmlBlock(html) => panic!("{attack}: {html:?}"),
            NodeValue::Table(table) => assert_eq!(table.num_columns, 5, "{attack}"),
            NodeValue::Heading(_) => headings += 1,
            NodeValue::Text(text) => flow.push_str(text),
            _ => {}
        }
    }
    assert_eq!(headings, 2, "{attack}: {text}");
    // What makes mentions and references of a text sees it put together, without backslashes.
    for reference in ["@everyone", "#1", "you@evil"] {
        assert!(!flow.contains(reference), "{attack}: {flow}");
    }
}

#[test]
fn markdown_shows_what_it_was_given() {
    let text = markdown::render(&filled(ATTACKS[10]));
    assert!(text.contains("everyone"), "{text}");
    let html = comrak::markdown_to_html(&text, &Options::default());
    let plain = html.replace('\u{200b}', "");
    assert!(
        plain.contains("@everyone see #1 **bold** __b__ \\"),
        "{html}"
    );
}

#[test]
fn junit_stays_xml_and_says_the_same() {
    for attack in ATTACKS {
        let xml = junit::render(&filled(attack)).unwrap();
        assert_nothing_hidden(attack, &xml);
        let read = quick_junit::Report::deserialize_from_str(&xml).unwrap();
        let cases = &read.test_suites[0].test_cases;
        assert_eq!(cases.len(), 11);
        assert_eq!(cases[1].name.as_str(), neutral::brief(attack, 200));
    }
    let invalid = junit::render(&filled("\u{0}\u{b}\u{ffff}\u{fffe}]]>")).unwrap();
    assert!(quick_junit::Report::deserialize_from_str(&invalid).is_ok());
    assert!(invalid.contains("\\u{ffff}"));
}

#[test]
fn a_terminal_obeys_nobody() {
    for attack in ATTACKS {
        let text = terminal::render(&filled(attack), Style::default());
        assert_nothing_hidden(attack, &text);
    }
}

#[test]
fn a_report_for_people_stays_small() {
    let line = "x<\u{1b}`|".repeat(200_000);
    let lines = "y\n".repeat(500_000);
    for text in [line, lines] {
        let mut report = filled(&text);
        report.checks[4].evidence.push(Evidence::Log(Log {
            source: "app".to_owned(),
            lines: vec![text.clone(); 20],
            lines_omitted: 0,
        }));
        for (format, limit) in [
            (Format::Html, 4_000_000),
            (Format::Markdown, 65_536),
            (Format::Junit, 1_000_000),
        ] {
            let size = format.render(&report).unwrap().len();
            assert!(size < limit, "{}: {size} bytes", format.file_name());
        }
        let size = terminal::render(&report, Style::default()).len();
        assert!(size < 32_000, "terminal: {size} bytes");
    }
}

#[test]
fn a_crowd_of_evidence_stays_small() {
    let mut report = examples::mixed();
    let crowd = report.checks[4].evidence.clone();
    report.checks[4].evidence = crowd.into_iter().cycle().take(40_000).collect();
    let page = html::render(&report).unwrap();
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert!(page.contains("more pieces of evidence are in report.json"));
    let xml = junit::render(&report).unwrap();
    assert!(xml.len() < 200_000, "{} bytes", xml.len());
}
