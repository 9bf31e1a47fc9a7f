//! `JUnit` XML, as most test runners write it (there is no standard; Maven Surefire's schema is the usual
//! reference): `testcase` elements with `classname` and `name`, in which `failure`, `error` or `skipped`
//! says that it did not pass.

use roxmltree::{Document, Node, ParsingOptions};

use super::{Test, TestEnd, kept};

/// So many elements and attributes are read.
const NODES: u32 = 1_000_000;

/// In the error, why the file cannot be read. A document type is refused, and with it all entities.
pub(super) fn read(text: &str) -> Result<Vec<Test>, String> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: NODES,
        ..ParsingOptions::default()
    };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let document = Document::parse_with_options(text, options);
    let document = document.map_err(|error| error.to_string())?;
    let cases = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"));
    cases.map(test).collect()
}

fn test(case: Node<'_, '_>) -> Result<Test, String> {
    let Some(name) = case.attribute("name") else {
        return Err("a testcase has no name".to_owned());
    };
    let mut names = vec![name.to_owned()];
    if let Some(class) = case.attribute("classname")
        && !class.is_empty()
    {
        names.push(format!("{class}::{name}"));
    }
    let ends = case.children().filter_map(|child| {
        Some(match child.tag_name().name() {
            "failure" | "error" => TestEnd::Failed(said(child)),
            "skipped" => TestEnd::Skipped(said(child)),
            _ => return None,
        })
    });
    Ok(Test {
        names,
        end: ends.max().unwrap_or(TestEnd::Passed),
    })
}

/// The message, and what stands inside unless it says the same.
fn said(node: Node<'_, '_>) -> String {
    let message = node.attribute("message").unwrap_or_default().trim();
    let inside: String = node
        .descendants()
        .filter_map(|inner| inner.is_text().then(|| inner.text()).flatten())
        .collect();
    let inside = inside.trim();
    if inside.starts_with(message) {
        return kept(inside);
    }
    if inside.is_empty() {
        return kept(message);
    }
    kept(&format!("{message}\n{inside}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(text: &str) -> Vec<(String, TestEnd)> {
        let tests = read(text).unwrap().into_iter();
        tests
            .map(|mut test| (test.names.pop().unwrap(), test.end))
            .collect()
    }

    #[test]
    fn suites_may_be_nested_and_a_test_says_why_it_failed() {
        let text = r#"<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest"><testsuite>
  <testcase classname="tests.test_orders" name="test_a[1]" time="0.1"/>
  <testcase classname="" name="b"><system-out>failure</system-out></testcase>
  <testcase name="c"><failure message="assert 1 == 2">assert 1 == 2
 +  where</failure></testcase>
  <testcase classname="x" name="d"><error message="boom" type="E">trace</error></testcase>
  <testcase classname="x" name="e"><skipped message="not now"/></testcase>
  <testcase classname="x" name="f"><skipped/><failure/></testcase>
</testsuite></testsuite></testsuites>"#;
        let failed = |said: &str| TestEnd::Failed(said.to_owned());
        let expected = [
            ("tests.test_orders::test_a[1]", TestEnd::Passed),
            ("b", TestEnd::Passed),
            ("c", failed("assert 1 == 2\n +  where")),
            ("x::d", failed("boom\ntrace")),
            ("x::e", TestEnd::Skipped("not now".to_owned())),
            ("x::f", failed("")),
        ];
        assert_eq!(
            ends(text),
            expected.map(|(name, end)| (name.to_owned(), end))
        );
    }

    #[test]
    fn entities_names_that_are_missing_and_half_a_file_are_refused() {
        let entities = "<!DOCTYPE t [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>\
            <testsuite><testcase name='&e;'/></testsuite>";
        assert!(read(entities).unwrap_err().contains("DTD"));
        assert!(read("<testsuite><testcase/></testsuite>").is_err());
        assert!(read("<testsuite><testcase name='a'/>").is_err());
        assert!(read("").is_err());
        assert_eq!(read("<testsuite/>"), Ok(Vec::new()));
    }
}
