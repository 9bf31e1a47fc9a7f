//! What could be better in a valid challenge: each piece of advice with its place and reason.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};

use crate::{
    CHALLENGE_FILE, Challenge,
    finding::Finding,
    load::LoadError,
    problem::{Problem, Problems},
    source, yaml,
};

mod asserted;
mod balance;
mod coverage;
mod told;
mod unused;
mod values;

/// All advice on one challenge, in the order of the places.
#[derive(Debug, Clone)]
pub struct Advice {
    problems: Problems,
    pieces: Vec<Piece>,
}

/// One piece of it.
#[derive(Debug, Clone)]
struct Piece(Problem);

impl Challenge {
    /// What could be better in it; the file is read again for the places.
    ///
    /// # Errors
    /// When the file cannot be read any more.
    pub fn advice(&self) -> Result<Advice, LoadError> {
        let path = self.dir.join(CHALLENGE_FILE);
        let name = path.display().to_string();
        let text = source::read(&path, &name, source::MOST_BYTES)
            .map_err(|unread| LoadError::unread(path, unread))?;
        let root = match yaml::parse(&text) {
            Ok(root) => root,
            Err(problem) => {
                return Err(Box::new(Problems::new(&name, &text, vec![*problem])).into());
            }
        };
        let openapi = match self.openapi() {
            Some(path) => std::fs::read_to_string(path).unwrap_or_default(),
            None => String::new(),
        };
        let mut findings: Vec<Finding> = Vec::new();
        coverage::look(&self.file, &mut findings);
        balance::look(&self.file, &mut findings);
        told::look(self, &openapi, &mut findings);
        asserted::look(&self.file, &mut findings);
        values::look(&self.file, &mut findings);
        unused::look(&self.file, &mut findings);
        let placed = findings
            .into_iter()
            .map(|finding| finding.into_problem(&text, &root));
        Ok(Advice::new(Problems::new(&name, &text, placed.collect())))
    }
}

impl Advice {
    fn new(problems: Problems) -> Self {
        let pieces = problems.told().iter().cloned().map(Piece).collect();
        Self { problems, pieces }
    }

    /// How many pieces there are.
    pub const fn count(&self) -> usize {
        self.problems.count()
    }

    /// The plain form, as that of mistakes.
    pub fn list(&self) -> crate::problem::List<'_> {
        self.problems.list()
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.problems.file();
        match self.count() {
            1 => write!(f, "1 piece of advice on {file}"),
            count => write!(f, "{count} pieces of advice on {file}"),
        }
    }
}

impl std::error::Error for Advice {}

impl Diagnostic for Advice {
    fn severity(&self) -> Option<Severity> {
        Some(Severity::Advice)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.problems.source_code()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problems.help()
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let pieces = self.pieces.iter().map(|piece| piece as &dyn Diagnostic);
        Some(Box::new(pieces))
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Piece {}

impl Diagnostic for Piece {
    fn severity(&self) -> Option<Severity> {
        Some(Severity::Advice)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.0.labels()
    }
}
