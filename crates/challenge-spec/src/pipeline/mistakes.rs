use crate::{
    problem::{ENOUGH, Problem},
    yaml::{Key, Node},
};

/// What is wrong so far.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<Problem>);

impl Mistakes {
    /// A mistake at a value, to be given a label and help.
    pub(super) fn value(&mut self, node: &Node, message: impl Into<String>) -> &mut Problem {
        self.at(&node.written, &node.used, message.into())
    }

    /// A mistake at a key, to be given a label and help.
    pub(super) fn key(&mut self, key: &Key, message: impl Into<String>) -> &mut Problem {
        self.at(&key.written, &key.used, message.into())
    }

    fn at(
        &mut self,
        written: &std::ops::Range<usize>,
        used: &std::ops::Range<usize>,
        message: String,
    ) -> &mut Problem {
        // Beyond what is told the last one is written over.
        if self.0.len() > ENOUGH {
            self.0.truncate(ENOUGH);
        }
        self.0.push(Problem {
            message,
            label: String::new(),
            span: written.clone(),
            help: None,
            also: (written != used).then(|| (used.clone(), "used here".to_owned())),
        });
        self.0.last_mut().expect("one was just added")
    }

    pub(super) fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.0.extend(problems);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mistakes, if there are any, as an error.
    pub(super) fn none(self) -> Result<(), Vec<Problem>> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.0)
        }
    }
}
