//! What goes to a terminal, decided once, and the only place that prints.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;

/// How text for people is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) colour: bool,
    pub(crate) unicode: bool,
    pub(crate) width: usize,
    /// Whether lines may be drawn over.
    pub(crate) live: bool,
}

/// What the look depends on.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact about the surroundings, independent of the others"
)]
pub(crate) struct Surroundings {
    pub(crate) terminal: bool,
    pub(crate) ci: bool,
    pub(crate) no_color: bool,
    pub(crate) dumb: bool,
    pub(crate) utf8: bool,
    pub(crate) width: Option<usize>,
}

impl Look {
    /// Decides; a pure function.
    pub(crate) fn of(around: Surroundings) -> Self {
        Self {
            colour: around.terminal && !around.no_color && !around.dumb,
            unicode: around.utf8,
            width: around.width.unwrap_or(80).clamp(40, 80),
            live: around.terminal && !around.ci && !around.dumb,
        }
    }

    /// For what people read while it works.
    pub(crate) fn stderr() -> Self {
        Self::of(surroundings(io::stderr().is_terminal()))
    }

    /// For the data asked for.
    pub(crate) fn stdout() -> Self {
        Self::of(surroundings(io::stdout().is_terminal()))
    }

    pub(crate) fn style(self) -> report::render::terminal::Style {
        report::render::terminal::Style {
            colour: self.colour,
            width: self.width,
            unicode: self.unicode,
        }
    }
}

fn surroundings(terminal: bool) -> Surroundings {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default()
        .to_lowercase();
    Surroundings {
        terminal,
        ci: set("CI"),
        no_color: set("NO_COLOR"),
        dumb: std::env::var("TERM").is_ok_and(|term| term == "dumb"),
        utf8: locale.contains("utf-8") || locale.contains("utf8"),
        width: terminal
            .then(|| console_width().or_else(|| std::env::var("COLUMNS").ok()?.parse().ok()))
            .flatten(),
    }
}

fn console_width() -> Option<usize> {
    let (_, columns) = console::Term::stderr().size_checked()?;
    Some(usize::from(columns))
}

/// Data to stdout. A reader that has gone is no error.
pub(crate) fn data(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
}

/// Words for people to stderr.
pub(crate) fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}

/// Our own log, for those who debug `tryout`: `TRYOUT_LOG=debug`.
pub(crate) fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("TRYOUT_LOG").unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
}

#[cfg(test)]
mod tests {
    use super::{Look, Surroundings};

    const TERMINAL: Surroundings = Surroundings {
        terminal: true,
        ci: false,
        no_color: false,
        dumb: false,
        utf8: true,
        width: Some(200),
    };

    #[test]
    fn a_terminal_gets_colour_and_live_lines_in_80_columns() {
        let look = Look::of(TERMINAL);
        assert!(look.colour && look.live && look.unicode);
        assert_eq!(look.width, 80);
    }

    #[test]
    fn no_color_and_pipes_and_ci_are_respected() {
        assert!(
            !Look::of(Surroundings {
                no_color: true,
                ..TERMINAL
            })
            .colour
        );
        assert!(
            !Look::of(Surroundings {
                ci: true,
                ..TERMINAL
            })
            .live
        );
        let piped = Look::of(Surroundings {
            terminal: false,
            width: None,
            ..TERMINAL
        });
        assert!(!piped.colour && !piped.live);
        assert_eq!(piped.width, 80);
    }
}
