//! `report.html`: one file that needs no network, no script and no other file.
//!
//! Every text that reaches the page goes through one formatter, which makes hidden characters
//! visible and escapes markup; the templates have no other way to print a value. A policy in the
//! page itself forbids whatever might come through nevertheless.

mod chart;
mod check;
mod evidence;
mod page;
mod plot;
mod practice;
mod prose;
mod run;

use minijinja::{
    AutoEscape, Environment, UndefinedBehavior, Value, escape_formatter, syntax::SyntaxConfig,
    value::Serde,
};

use crate::{model::Report, neutral};

use super::RenderError;
use page::Page;

/// Name and source of every template, known when this is compiled.
const TEMPLATES: [(&str, &str); 8] = [
    ("prose.html", include_str!("../../templates/prose.html")),
    ("report.html", include_str!("../../templates/report.html")),
    ("check.html", include_str!("../../templates/check.html")),
    (
        "evidence.html",
        include_str!("../../templates/evidence.html"),
    ),
    ("plot.html", include_str!("../../templates/plot.html")),
    (
        "practice.html",
        include_str!("../../templates/practice.html"),
    ),
    ("run.html", include_str!("../../templates/run.html")),
    ("report.css", include_str!("../../templates/report.css")),
];

/// Renders `report`.
///
/// # Errors
/// A template failed; that it does so for some report is a mistake here.
pub fn render(report: &Report) -> Result<String, RenderError> {
    let environment = environment().map_err(RenderError::Html)?;
    environment
        .get_template("report.html")
        .and_then(|template| template.render(Value::from(Serde(Page::of(report)))))
        .map_err(RenderError::Html)
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()?,
    );
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => escape_formatter(
            out,
            state,
            &Value::from(neutral::visible(text).into_owned()),
        ),
        _ => escape_formatter(out, state, value),
    });
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::TEMPLATES;

    #[test]
    fn no_template_has_a_way_around_escaping() {
        for (name, source) in TEMPLATES {
            for way in [
                "|safe",
                "| safe",
                "autoescape",
                "<script",
                "http:",
                "https:",
                "javascript:",
            ] {
                assert!(!source.contains(way), "{name} holds `{way}`");
            }
        }
    }
}
