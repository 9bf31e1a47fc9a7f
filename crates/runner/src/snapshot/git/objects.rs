//! Objects of a repository, as `git cat-file` gives them.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::{GitError, program, run};

/// A line of its answers is an id, a kind and a length.
const LONGEST_LINE: u64 = 8192;

/// Ends a process when dropped.
#[derive(Debug)]
pub(super) struct Ended(pub(super) Child);

impl Ended {
    pub(super) fn start(mut git: Command) -> Result<Self, GitError> {
        let child = git.spawn().map_err(|e| GitError::program("started", e))?;
        run::limit(child.id(), None);
        Ok(Self(child))
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Gives objects by name, one after the other.
#[derive(Debug)]
pub(super) struct Objects {
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// What was not read of the last answer.
    unread: u64,
    // After the pipes, so that it sees their ends first.
    _process: Ended,
}

/// What an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Described {
    pub(super) id: String,
    /// `blob`, `tree` ...
    pub(super) kind: String,
    /// In bytes.
    pub(super) length: u64,
}

impl Objects {
    /// Of a repository: their contents, or only what they are.
    pub(super) fn of(repository: &Path, contents: bool) -> Result<Self, GitError> {
        let mut git = program::git(repository);
        git.arg("cat-file")
            .arg(if contents { "--batch" } else { "--batch-check" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = Ended::start(git)?;
        let pipes = (process.0.stdin.take(), process.0.stdout.take());
        let (Some(questions), Some(answers)) = pipes else {
            let source = io::ErrorKind::BrokenPipe.into();
            return Err(GitError::program("talked to", source));
        };
        Ok(Self {
            questions,
            answers: BufReader::with_capacity(64 * 1024, answers),
            unread: 0,
            _process: process,
        })
    }

    /// What a name stands for; none where for nothing.
    pub(super) fn describe(&mut self, name: &str) -> io::Result<Option<Described>> {
        self.questions.write_all(format!("{name}\n").as_bytes())?;
        self.questions.flush()?;
        let mut line = String::new();
        (&mut self.answers)
            .take(LONGEST_LINE)
            .read_line(&mut line)?;
        let line = line
            .strip_suffix('\n')
            .ok_or_else(|| io::Error::other("git ended early"))?;
        let mut words = line.rsplitn(3, ' ');
        let (last, kind, id) = (words.next(), words.next(), words.next());
        let (Some(Ok(length)), Some(kind), Some(id)) = (last.map(str::parse), kind, id) else {
            return Ok(None);
        };
        Ok(Some(Described {
            id: id.to_owned(),
            kind: kind.to_owned(),
            length,
        }))
    }

    /// The length and the content of an object; what is not read of it is passed over.
    pub(super) fn content(&mut self, id: &str) -> io::Result<(u64, impl Read + '_)> {
        self.pass_over()?;
        let described = self
            .describe(id)?
            .ok_or_else(|| io::Error::other("the object is missing"))?;
        // A line's end follows the content.
        self.unread = described.length.saturating_add(1);
        let left = described.length;
        Ok((
            described.length,
            Answer {
                objects: self,
                left,
            },
        ))
    }

    fn pass_over(&mut self) -> io::Result<()> {
        let passed = io::copy(&mut (&mut self.answers).take(self.unread), &mut io::sink())?;
        if passed < self.unread {
            return Err(io::Error::other("git ended early"));
        }
        self.unread = 0;
        Ok(())
    }
}

struct Answer<'a> {
    objects: &'a mut Objects,
    left: u64,
}

impl Read for Answer<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = (&mut self.objects.answers).take(self.left).read(buffer)?;
        self.left -= read as u64;
        self.objects.unread -= read as u64;
        Ok(read)
    }
}
