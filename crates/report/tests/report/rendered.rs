//! What every renderer makes of the example reports.

use insta::{Settings, assert_snapshot};
use report::render::{
    html, junit, markdown,
    terminal::{self, Style},
};

use crate::examples;

fn in_snapshots(check: impl FnOnce()) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(check);
}

#[test]
fn terminal() {
    in_snapshots(|| {
        for (name, report) in examples::all() {
            let text = terminal::render(&report, Style::default());
            assert_snapshot!(format!("terminal-{name}"), text);
        }
    });
}

#[test]
fn terminal_narrow_and_plain() {
    in_snapshots(|| {
        let style = Style {
            colour: false,
            width: 44,
            unicode: false,
        };
        assert_snapshot!(
            "terminal-mixed-44-ascii",
            terminal::render(&examples::mixed(), style)
        );
    });
}

#[test]
fn markdown() {
    in_snapshots(|| {
        for (name, report) in examples::all() {
            assert_snapshot!(format!("markdown-{name}"), markdown::render(&report));
        }
    });
}

#[test]
fn junit() {
    in_snapshots(|| {
        for (name, report) in examples::all() {
            assert_snapshot!(format!("junit-{name}"), junit::render(&report).unwrap());
        }
    });
}

#[test]
fn junit_counts_are_those_of_the_outcomes() {
    let xml = junit::render(&examples::mixed()).unwrap();
    let read = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    assert_eq!((read.tests, read.failures, read.errors), (10, 3, 1));
    assert_eq!(read.test_suites[0].disabled, 2);
    let broken = junit::render(&examples::did_not_build()).unwrap();
    let read = quick_junit::Report::deserialize_from_str(&broken).unwrap();
    assert_eq!((read.tests, read.failures, read.errors), (11, 1, 0));
}

#[test]
fn the_page_has_what_a_reader_looks_for() {
    let page = html::render(&examples::mixed()).unwrap();
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
    for wanted in [
        "default-src &#x27;none&#x27;",
        "<span class=\"number\">16–23</span>",
        "Stock never goes below zero under parallel orders",
        "Two requests read the same stock before either writes.",
        "Why 404 and not 403",
        "exactly 10",
        "-7",
        "212 earlier lines left out",
        "--data",
        "4815162342",
        "nftables output chain",
        "installed by `npm ci`, migrated by `npm run migrate`",
        "Migration",
        "tryout grade jane-doe --challenge orders-api --seed 4815162342",
    ] {
        let plain = wanted.replace("&#x27;", "'");
        assert!(
            page.contains(wanted) || page.contains(&plain),
            "no `{wanted}`"
        );
    }
}

#[test]
fn the_page_shows_what_was_measured_where_it_held() {
    let page = html::render(&examples::all_passed()).unwrap();
    let (_, passed) = page.split_once("id=\"passed\"").unwrap();
    let (_, measured) = passed.split_once("<article").unwrap();
    assert!(measured.contains("Every step held."));
    assert!(measured.contains("0.16 to 0.24"), "{measured}");
    assert!(measured.contains("<svg"));
}

#[test]
fn the_page_of_a_submission_that_did_not_build_begins_with_that() {
    let page = html::render(&examples::did_not_build()).unwrap();
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("no `{text}`"));
    assert!(at("<h2 id=\"failure\">The submission did not build</h2>") < at("<h2 id=\"skills\">"));
    assert!(at("No matching distribution found") < at("<h2 id=\"skills\">"));
}

#[test]
fn a_run_on_the_machine_itself_says_so_in_every_form_that_people_read() {
    let said = "Not isolated: ";
    let report = examples::local();
    let forms = [
        terminal::render(&report, Style::default()),
        markdown::render(&report),
        html::render(&report).unwrap(),
    ];
    for form in forms {
        assert!(form.contains(said), "{form}");
    }
    let page = html::render(&report).unwrap();
    for wanted in [
        "none was used",
        "Python 3.11.2; images of ours",
        "this machine",
    ] {
        assert!(page.contains(wanted), "no `{wanted}`");
    }
    for (name, other) in examples::all() {
        let is_said = markdown::render(&other).contains(said);
        assert_eq!(is_said, name == "local", "{name}");
    }
}

#[test]
fn what_a_machine_lacks_is_no_failure_in_junit() {
    let mut report = examples::did_not_build();
    for check in &mut report.checks {
        check.blame = Some(report::model::Blame::Nobody);
    }
    report.total = Some(report::points::score(&report.checks));
    let read = junit::render(&report).unwrap();
    let read = quick_junit::Report::deserialize_from_str(&read).unwrap();
    assert_eq!((read.tests, read.failures, read.errors), (11, 0, 1));
    assert!(markdown::render(&report).contains("no points are lost"));
}

#[test]
fn every_page_needs_nothing_else_and_closes_what_it_opens() {
    for (name, report) in examples::all() {
        let page = html::render(&report).unwrap();
        for way_out in [
            "src=", "@import", "<script", "<link", "<iframe", "<img", "url(http",
        ] {
            assert!(!page.contains(way_out), "{name} holds `{way_out}`");
        }
        for tag in [
            "section", "article", "table", "details", "pre", "div", "span", "p", "code", "dl",
        ] {
            let opened = page.matches(&format!("<{tag}>")).count()
                + page.matches(&format!("<{tag} ")).count();
            let closed = page.matches(&format!("</{tag}>")).count();
            assert_eq!(opened, closed, "{name}: {tag}");
        }
    }
}

#[test]
fn the_command_repeats_what_was_run() {
    let mut report = examples::partial();
    assert!(markdown::render(&report).contains(
        "`tryout grade jane-doe --challenge orders-api --seed 4815162342 \
         --only idempotent-create --only stock-floor`"
    ));
    report.submission.subject = "solution:python".to_owned();
    report.run.only = None;
    assert!(markdown::render(&report).contains(
        "`tryout grade challenges/orders-api/solutions/python --challenge orders-api \
         --seed 4815162342`"
    ));
    report.submission.subject = "defect:stock-race".to_owned();
    assert!(markdown::render(&report).contains("`tryout challenge verify orders-api`"));
}
