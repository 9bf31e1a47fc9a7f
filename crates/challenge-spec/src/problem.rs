//! Mistakes in a file, each with its place, for people.

use std::{fmt, ops::Range, sync::Arc};

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

mod list;
mod printable;

pub use list::List;
use printable::{printable, printable_line};

/// How many problems of one file are told; the rest are only counted.
const MOST_TOLD: usize = 100;
/// How many are counted, and looked for.
pub(crate) const ENOUGH: usize = 1000;

/// One mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What the underlined text should be or is, in a few words; may be empty.
    pub label: String,
    /// The underlined bytes of the file.
    pub span: Range<usize>,
    /// What was probably meant, or what to do.
    pub help: Option<String>,
    /// Another place that has to do with it, and how.
    pub also: Option<(Range<usize>, String)>,
}

/// All mistakes of one file, in the order of their places.
#[derive(Clone)]
pub struct Problems {
    source: NamedSource<Arc<str>>,
    told: Vec<Problem>,
    count: usize,
}

impl Problems {
    /// `file` is the name shown to people; `text` what it holds.
    pub(crate) fn new(file: &str, text: &str, mut problems: Vec<Problem>) -> Self {
        let text = printable(text);
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        // An alias repeats the mistakes of its anchor.
        problems.dedup_by(|next, first| next.span == first.span && next.message == first.message);
        let count = problems.len().min(ENOUGH);
        problems.truncate(MOST_TOLD);
        let told = problems
            .into_iter()
            .map(|problem| Problem {
                message: printable_line(&problem.message),
                label: printable_line(&problem.label),
                span: within(&text, problem.span),
                help: problem.help.as_deref().map(printable_line),
                also: problem
                    .also
                    .map(|(span, why)| (within(&text, span), printable_line(&why))),
            })
            .collect();
        Self {
            source: NamedSource::new(file, Arc::from(text)),
            told,
            count,
        }
    }

    /// The file's name, as it is shown.
    pub fn file(&self) -> &str {
        self.source.name()
    }

    /// How many there are, those beyond the first hundred too; counting ends at 1,000.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// The first hundred, in the order of their places.
    pub fn told(&self) -> &[Problem] {
        &self.told
    }

    /// The plain form: for each `file:line:column: message`, the source line, an underline and the
    /// suggestion. No colours, no drawings.
    pub fn list(&self) -> List<'_> {
        List::new(self)
    }

    fn text(&self) -> &str {
        self.source.inner()
    }
}

/// `span`, cut to the text and widened to whole characters.
fn within(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    start..end
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            1 => write!(f, "1 problem in {}", self.file()),
            ENOUGH => write!(f, "{ENOUGH} problems or more in {}", self.file()),
            count => write!(f, "{count} problems in {}", self.file()),
        }
    }
}

impl fmt::Debug for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problems")
            .field("file", &self.file())
            .field("count", &self.count)
            .field("told", &self.told)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Problems {}

impl Diagnostic for Problems {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let untold = self.count - self.told.len();
        (untold > 0).then(|| -> Box<dyn fmt::Display> {
            Box::new(format!(
                "the first {MOST_TOLD} are shown, {untold} more follow"
            ))
        })
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(
            self.told.iter().map(|problem| problem as &dyn Diagnostic),
        ))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = (!self.label.is_empty()).then(|| self.label.clone());
        let here = LabeledSpan::new_primary_with_span(label, self.span.clone());
        let there = self
            .also
            .as_ref()
            .map(|(span, why)| LabeledSpan::new_with_span(Some(why.clone()), span.clone()));
        Some(Box::new(std::iter::once(here).chain(there)))
    }
}
