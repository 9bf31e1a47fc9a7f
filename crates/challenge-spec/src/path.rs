//! Where something stands inside a file or a JSON value.

use std::fmt;

/// One step from a value to a value inside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Segment {
    /// Under this key of an object.
    Key(String),
    /// At this place of a list, from 0.
    Index(usize),
}

/// The steps from the outermost value to one inside it; empty for the outermost itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Path(Vec<Segment>);

/// Which half of an entry is meant: its key or its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The key.
    Key,
    /// The value.
    Value,
}

impl Path {
    /// The outermost value.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The steps, from the outside in.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The same, one key further in.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        let mut inner = self.clone();
        inner.push(Segment::Key(key.into()));
        inner
    }

    /// The same, one place of a list further in.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut inner = self.clone();
        inner.push(Segment::Index(index));
        inner
    }

    /// This path, followed by another that starts where it ends.
    #[must_use]
    pub fn join(&self, inner: &Self) -> Self {
        Self(self.0.iter().chain(&inner.0).cloned().collect())
    }

    pub(crate) fn push(&mut self, segment: Segment) {
        self.0.push(segment);
    }

    pub(crate) fn pop(&mut self) {
        self.0.pop();
    }
}

/// `checks[2].steps[0].request.send`; the outermost value is `(top)`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("(top)");
        }
        for (place, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if place == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
