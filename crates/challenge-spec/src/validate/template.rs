use std::collections::{HashMap, HashSet};

use minijinja::Environment;
use serde_json::Value;

use super::{
    scope::Scope,
    tokens::{Name, Role, names},
};
use crate::{
    expression::{FUNCTIONS, is_template},
    finding::Finding,
    path::Path,
    suggestion,
};

mod filters;

/// Looks at templates: their syntax, and whether each name in them is there.
pub(super) struct Templates<'e> {
    environment: &'e Environment<'static>,
    globals: Vec<String>,
    /// What any check captures: name to the first such check's id.
    captures: HashMap<String, String>,
}

impl<'e> Templates<'e> {
    pub(super) fn new(
        environment: &'e Environment<'static>,
        captures: HashMap<String, String>,
    ) -> Self {
        Self {
            environment,
            captures,
            globals: environment
                .globals()
                .map(|(name, _)| name.to_owned())
                .collect(),
        }
    }

    /// Every string in a value.
    pub(super) fn look_in(
        &self,
        value: &Value,
        path: &Path,
        scope: &Scope,
        findings: &mut Vec<Finding>,
    ) {
        match value {
            Value::String(text) => self.look(text, path, scope, findings),
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    self.look_in(item, &path.index(place), scope, findings);
                }
            }
            Value::Object(fields) => {
                for (key, field) in fields {
                    self.look_in(field, &path.key(key), scope, findings);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    pub(super) fn look(&self, text: &str, path: &Path, scope: &Scope, findings: &mut Vec<Finding>) {
        if !is_template(text) {
            return;
        }
        let template = match self.environment.template_from_str(text) {
            Ok(template) => template,
            Err(error) => {
                findings.push(syntax(path, &error));
                return;
            }
        };
        let undeclared = template.undeclared_variables(false);
        let names = names(text);
        let mut told = HashSet::new();
        for (place, name) in names.iter().enumerate() {
            let finding = match name.role {
                Role::Filter | Role::Test => filters::unknown(self.environment, name, path),
                Role::Call | Role::Variable if !undeclared.contains(name.text) => None,
                Role::Call => self.unknown_function(name, path, scope),
                Role::Variable if name.text == "env" => {
                    env(name, names.get(place + 1), path, scope)
                }
                Role::Variable => self.unknown_name(name, path, scope),
                Role::Attribute | Role::Argument => None,
            };
            if let Some(finding) = finding
                && told.insert(finding.message.clone())
            {
                let range = finding.inside.clone().unwrap_or(name.range.clone());
                findings.push(finding.inside(Some(range)));
            }
        }
    }

    fn unknown_function(&self, name: &Name<'_>, path: &Path, scope: &Scope) -> Option<Finding> {
        let known = |known: &str| known == name.text;
        if FUNCTIONS.iter().any(|function| known(function.name))
            || self.globals.iter().any(|global| known(global))
        {
            return None;
        }
        let text = name.text;
        if scope.has(text) {
            return Some(
                Finding::value(path.clone(), format!("`{text}` is a value and no function"))
                    .help(format!("write `{text}` without parentheses")),
            );
        }
        let functions = FUNCTIONS.iter().map(|function| function.name);
        Some(
            Finding::value(path.clone(), format!("there is no function `{text}`"))
                .label("unknown function")
                .help(suggestion::help(text, functions)),
        )
    }

    fn unknown_name(&self, name: &Name<'_>, path: &Path, scope: &Scope) -> Option<Finding> {
        let text = name.text;
        let there = match text {
            "index" => scope.index,
            "round" => scope.round,
            "trial" => scope.trial,
            _ => false,
        };
        if there || scope.has(text) {
            return None;
        }
        let finding = |message: String| Finding::value(path.clone(), message);
        if let Some(function) = FUNCTIONS.iter().find(|function| function.name == text) {
            return Some(
                finding(format!("`{text}` is a function"))
                    .help(format!("call it: `{}`", function.signature)),
            );
        }
        if self.globals.iter().any(|global| global == text) || !scope.complete {
            return None;
        }
        if text == "index" {
            return Some(
                finding("`index` is there only inside the request of a `parallel` step".to_owned())
                    .label("unknown name"),
            );
        }
        if text == "round" {
            return Some(
                finding("`round` is there only inside the steps of a `repeat` step".to_owned())
                    .label("unknown name"),
            );
        }
        if text == "trial" {
            return Some(
                finding("`trial` is there only inside a `differential` step".to_owned())
                    .label("unknown name"),
            );
        }
        if let Some((origin, later)) = scope.later.get(text) {
            let made = origin.made();
            return Some(
                finding(format!("`{text}` is used before it is {made}"))
                    .label("not known yet")
                    .also(later.clone(), origin.part(), format!("{made} here")),
            );
        }
        let help = match self.captures.get(text) {
            Some(check) => Some(format!(
                "the check `{check}` captures it, but each check has its own captures"
            )),
            None => suggestion::help(text, scope.all()),
        };
        Some(
            finding(format!("there is no `{text}`"))
                .label("unknown name")
                .help(help),
        )
    }
}

fn env(name: &Name<'_>, next: Option<&Name<'_>>, path: &Path, scope: &Scope) -> Option<Finding> {
    let Some(env) = &scope.env else {
        return Some(
            Finding::value(path.clone(), "there is no `env` inside `app.env`")
                .help("only functions can be used here".to_owned()),
        );
    };
    let next =
        next.filter(|next| next.role == Role::Attribute && next.range.start <= name.range.end + 2)?;
    let variable = next.text;
    let is_unknown = scope.complete && !env.iter().any(|known| known == variable);
    is_unknown.then(|| {
        Finding::value(path.clone(), format!("`app.env` has no `{variable}`"))
            .label("unknown variable")
            .inside(Some(next.range.clone()))
            .help(suggestion::help(variable, env.iter().map(String::as_str)))
    })
}

fn syntax(path: &Path, error: &minijinja::Error) -> Finding {
    let detail = error.detail().unwrap_or("it ends too early");
    Finding::value(
        path.clone(),
        format!("this template does not parse: {detail}"),
    )
    .inside(error.range().filter(|range| !range.is_empty()))
}
