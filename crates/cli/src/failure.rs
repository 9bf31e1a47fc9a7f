//! Why a command ended early, and with which exit code.

use std::{error::Error, process::ExitCode};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use report::exit;
use thiserror::Error;

use crate::output::Look;

/// Why a command ended early.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The caller can mend it: exit code 2.
    #[error("{0}")]
    Input(String),
    /// As [`Failure::Input`], with places in files.
    #[error("{0}")]
    Mistakes(Box<dyn Diagnostic + Send + Sync>),
    /// Nothing could be run: exit code 3.
    #[error("{0}")]
    Ours(String),
    /// Ctrl-C or SIGTERM; all that was made is removed.
    #[error("stopped by {name}; what the run had made is removed")]
    Stopped {
        /// The signal's name.
        name: &'static str,
        /// 128 and its number.
        code: u8,
    },
}

impl Failure {
    /// An error with its causes, one a line.
    pub(crate) fn ours(error: &dyn Error) -> Self {
        Self::Ours(causes(error))
    }

    /// An error with its causes, one a line.
    pub(crate) fn input(error: &dyn Error) -> Self {
        Self::Input(causes(error))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Input(_) | Self::Mistakes(_) => exit::ExitCode::InputAtFault.into(),
            Self::Ours(_) => exit::ExitCode::OursAtFault.into(),
            Self::Stopped { code, .. } => ExitCode::from(*code),
        }
    }

    /// For people.
    pub(crate) fn describe(&self, look: &Look) -> String {
        match self {
            Self::Mistakes(diagnostic) => {
                let theme = match (look.colour, look.unicode) {
                    (true, true) => GraphicalTheme::unicode(),
                    (true, false) => GraphicalTheme::ascii(),
                    (false, true) => GraphicalTheme::unicode_nocolor(),
                    (false, false) => GraphicalTheme::none(),
                };
                let mut text = String::new();
                let rendered = GraphicalReportHandler::new_themed(theme)
                    .with_width(look.width.max(40))
                    .render_report(&mut text, diagnostic.as_ref());
                if rendered.is_ok() {
                    return text;
                }
                format!("error: {diagnostic}\n")
            }
            other => format!("error: {other}\n"),
        }
    }
}

/// An error with its causes, in one line.
pub(crate) fn in_one_line(error: &dyn Error) -> String {
    joined(error, ": ")
}

fn causes(error: &dyn Error) -> String {
    joined(error, "\n  because: ")
}

fn joined(error: &dyn Error, glue: &str) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(glue);
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
