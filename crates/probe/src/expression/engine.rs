//! minijinja, set up so that a template can do nothing but compute.

use std::sync::{Arc, PoisonError};

use minijinja::{
    AutoEscape, Environment, Output, State, UndefinedBehavior, syntax::SyntaxConfig,
    value::Value as Live,
};
use serde_json::Value;

use super::{
    RenderReason, Seeds, generators, json,
    pure::{self, Tokens},
    seeds::Place,
};

/// Instructions of one evaluation; ordinary templates need some tens.
const FUEL: u64 = 200_000;

pub(super) struct Engine {
    environment: Environment<'static>,
    tokens: Tokens,
}

impl Engine {
    pub(super) fn new(seeds: Seeds, place: &Place) -> Self {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(
            SyntaxConfig::builder()
                .keep_trailing_newline(true)
                .build()
                .expect("the delimiters are the usual ones"),
        );
        environment.set_fuel(Some(FUEL));
        environment.set_formatter(format);
        let tokens = Tokens::default();
        generators::install(&mut environment, seeds, place);
        pure::install(&mut environment, &tokens);
        Self {
            environment,
            tokens,
        }
    }

    /// The tokens that templates have made so far.
    pub(super) fn tokens(&self) -> Vec<String> {
        self.tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn evaluate(&self, text: &str, context: Live) -> Result<Value, RenderReason> {
        if !challenge_spec::expression::is_template(text) {
            json::bounded(text.len())?;
            return Ok(Value::String(text.to_owned()));
        }
        if let Some(expression) = sole_expression(text)
            && let Ok(expression) = self.environment.compile_expression(expression)
        {
            return json::json(&expression.eval(context)?);
        }
        let text = self.environment.render_str(text, context)?;
        json::bounded(text.len())?;
        Ok(Value::String(text))
    }

    /// The names that a template may look up, functions included.
    pub(super) fn names(&self, text: &str) -> Vec<String> {
        let Ok(template) = self.environment.template_from_str(text) else {
            return Vec::new();
        };
        template.undeclared_variables(false).into_iter().collect()
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// A shared engine: a scope and its children make their tokens in one place.
pub(super) type Shared = Arc<Engine>;

/// What stands between the braces of a text that is one expression and nothing else. It may still
/// be two (`{{ a }}-{{ b }}`); then it does not parse as one.
fn sole_expression(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("{{")?.strip_suffix("}}")?;
    let inner = inner.strip_prefix(['-', '+']).unwrap_or(inner);
    Some(inner.strip_suffix(['-', '+']).unwrap_or(inner))
}

/// Inside a longer text: texts as they are, anything else as JSON.
fn format(
    output: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Live,
) -> Result<(), minijinja::Error> {
    if value.is_undefined() {
        return minijinja::escape_formatter(output, state, value);
    }
    let json = json::json(value).map_err(|reason| {
        minijinja::Error::new(
            minijinja::ErrorKind::InvalidOperation,
            format!("a value cannot be written into a text: {reason}"),
        )
    })?;
    output
        .write_str(&json::text(&json))
        .map_err(minijinja::Error::from)
}
