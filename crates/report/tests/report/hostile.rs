//! What a candidate's program prints or answers becomes neither markup nor an escape, and a report
//! for people stays small whatever it is.

use std::borrow::Cow;

use comrak::{Arena, Options, nodes::NodeValue, parse_document};
use report::{
    model::{
        Answer, Evidence, Exchange, Log, Mismatch, Query, Report, SubmissionFailure, TallyLine,
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

const ATTACK: &str = "</pre></td><script>alert(1)</script><img src=x onerror=alert(1)>\
    \"'><a href=\"javascript:alert(1)\">x</a> ]]> <!-- {{ 7 * 7 }} {% raw %} `code` ```fence \
    | cell | [link](http://evil.example) ![pic](http://evil.example/p.png) http://evil.example \
    www.evil.example you@evil.example @everyone #1 **bold** <b>html</b> &lt; \\ $x$ ~~gone~~ \
    \u{1b}[2J\u{1b}]8;;http://evil.example\u{7}click\u{1b}]8;;\u{7}\u{9b}31m\u{202e}desrever\u{2066}\r\n# heading\n\n- item";

/// The mixed example with `text` wherever somebody else's text can stand.
fn filled(text: &str) -> Report {
    let mut report = examples::mixed();
    let text = || text.to_owned();
    report.challenge.title = text();
    report.challenge.version = text();
    report.submission.name = text();
    report.submission.digest = text();
    report.run.id = text();
    report.tool.version = text();
    report.run.images.insert(text(), text());
    report.run.isolation[0].detail = text();
    report.run.only = Some(vec![text()]);
    for skill in &mut report.skills {
        skill.title = text();
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
        Evidence::Log(log) => log.lines.push(text.to_owned()),
        Evidence::Note(note) => text.clone_into(note),
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
    query.service = text.to_owned();
    query.query = text.to_owned();
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
    let (_, body) = page.split_once("</style>").unwrap();
    body.split('<')
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap())
        .collect()
}

#[test]
fn a_page_has_the_tags_of_its_templates_alone() {
    let page = html::render(&filled(ATTACK)).unwrap();
    assert_nothing_hidden("page", &page);
    let known = [
        "head", "body", "svg", "defs", "pattern", "rect", "main", "header", "p", "h1", "h2", "h3",
        "h4", "span", "div", "title", "ul", "li", "i", "section", "table", "caption", "thead",
        "tbody", "tr", "th", "td", "b", "article", "code", "details", "summary", "pre", "aside",
        "dl", "dt", "dd", "small", "footer", "html", "strong",
    ];
    for tag in tags(&page) {
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/'])
            .next()
            .unwrap();
        assert!(known.contains(&name), "<{tag}>");
        assert!(
            !tag.contains("onerror") || tag.contains("&lt;img"),
            "<{tag}>"
        );
    }
    assert!(!page.contains("49"), "a template in a text was rendered");
    assert!(page.contains("␛[2J"));
    assert!(page.contains("\\u{202e}desrever"));
}

#[test]
fn a_page_escapes_as_much_as_it_was_given() {
    let calm = html::render(&filled("calm")).unwrap();
    let attacked = html::render(&filled("<b>&\"'")).unwrap();
    assert_eq!(tags(&calm).len(), tags(&attacked).len());
}

#[test]
fn markdown_has_no_link_no_html_and_no_structure_of_others() {
    let text = markdown::render(&filled(ATTACK));
    let visible: Cow<'_, str> = text.replace('\u{200b}', "").into();
    assert_nothing_hidden("markdown", &visible);
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    let arena = Arena::new();
    let root = parse_document(&arena, &text, &options);
    for node in root.descendants() {
        let value = &node.data.borrow().value;
        match value {
            NodeValue::Link(_) | NodeValue::Image(_) | NodeValue::Strikethrough => {
                panic!("{value:?} in\n{text}")
            }
            NodeValue::HtmlInline(html) => {
                assert!(["<sub>", "</sub>"].contains(&html.as_str()), "{html}");
            }
            NodeValue::HtmlBlock(html) => panic!("{html:?}"),
            NodeValue::Table(table) => assert_eq!(table.num_columns, 5),
            NodeValue::Text(text) => {
                for reference in ["@everyone", "#1"] {
                    assert!(!text.contains(reference), "{text}");
                }
            }
            _ => {}
        }
    }
    let headings = root
        .descendants()
        .filter(|node| matches!(node.data.borrow().value, NodeValue::Heading(_)));
    assert_eq!(headings.count(), 2, "{text}");
}

#[test]
fn junit_stays_xml_and_says_the_same() {
    let xml = junit::render(&filled(ATTACK)).unwrap();
    assert_nothing_hidden("junit", &xml);
    let read = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    assert_eq!(read.test_suites[0].test_cases.len(), 11);
    let invalid = junit::render(&filled("\u{0}\u{b}\u{ffff}\u{fffe}]]>")).unwrap();
    assert!(quick_junit::Report::deserialize_from_str(&invalid).is_ok());
    assert!(invalid.contains("\\u{ffff}"));
}

#[test]
fn a_terminal_obeys_nobody() {
    let text = terminal::render(&filled(ATTACK), Style::default());
    assert_nothing_hidden("terminal", &text);
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
