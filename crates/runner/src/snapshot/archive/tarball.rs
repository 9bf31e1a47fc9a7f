//! A tar, plain or unpacked on the way. It is read once, from its beginning to its end; what its
//! files contain is kept in a file without a name, because ignore rules may stand behind what they
//! leave out.

use std::{
    borrow::Cow,
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, BufWriter, Read, Write},
    ops::Range,
    os::unix::{ffi::OsStrExt, fs::FileExt},
};

use tar::{Entry, EntryType};

use super::{
    ArchiveError,
    bounded::{Bounded, Watch},
    extended::{Extended, Heard},
};
use crate::snapshot::{
    MemberError, SnapshotError, SubmissionLimits,
    members::{Member, Members, names, shown},
    tree::{Content, Kind, Tree},
};

/// What a tar spends on an entry beside its content, in bytes, counted generously.
const OVERHEAD: u64 = 4096;

/// A tar that was read.
#[derive(Debug)]
pub(super) struct Tarball {
    members: Members<Range<u64>>,
    kept: File,
}

impl Tarball {
    pub(super) fn read(stream: impl Read, limits: SubmissionLimits) -> Result<Self, ArchiveError> {
        let watch = Watch::default();
        let most = limits
            .files
            .saturating_mul(OVERHEAD)
            .saturating_add(limits.bytes);
        let mut stream = Bounded::new(stream, most, &watch);
        let mut reading = Reading::new(limits)?;
        let read = reading.all(&mut stream, &watch);
        if watch.went_beyond() {
            return Err(reading.too_many_bytes());
        }
        read?;
        reading.finish()
    }
}

impl Tree for Tarball {
    fn list(&mut self, folder: &str) -> Result<Vec<(OsString, Kind)>, SnapshotError> {
        Ok(self.members.list(folder))
    }

    fn link(&mut self, path: &str) -> Result<OsString, SnapshotError> {
        self.members.link(path)
    }

    fn file(&mut self, path: &str) -> Result<Content<'_>, SnapshotError> {
        let (place, executable) = self.members.file(path)?;
        Ok(Content {
            length: place.end - place.start,
            reader: Box::new(Part {
                file: &self.kept,
                place: place.clone(),
            }),
            executable,
        })
    }
}

/// A part of what was kept.
struct Part<'a> {
    file: &'a File,
    place: Range<u64>,
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.place.end - self.place.start).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let read = self.file.read_at(&mut buffer[..wanted], self.place.start)?;
        self.place.start += read as u64;
        Ok(read)
    }
}

/// A tar that is being read.
struct Reading {
    members: Members<Range<u64>>,
    kept: BufWriter<File>,
    position: u64,
    limits: SubmissionLimits,
    /// The last entry's path, for messages.
    last: String,
}

impl Reading {
    fn new(limits: SubmissionLimits) -> Result<Self, ArchiveError> {
        let file = tempfile::tempfile().map_err(ArchiveError::keep)?;
        Ok(Self {
            members: Members::new(limits.files),
            kept: BufWriter::with_capacity(128 * 1024, file),
            position: 0,
            limits,
            last: String::new(),
        })
    }

    fn all(&mut self, stream: &mut impl Read, watch: &Watch) -> Result<(), ArchiveError> {
        let mut archive = tar::Archive::new(&mut *stream);
        let entries = archive.entries().map_err(|e| self.damaged(e))?;
        let mut extended = Extended::default();
        for entry in entries.raw(true) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(_) if watch.ended() => return Err(self.cut_short()),
                Err(error) => return Err(self.damaged(error)),
            };
            let kind = entry.header().entry_type();
            if Extended::is_one(kind) {
                match extended.hear(kind, entry).map_err(|e| self.damaged(e))? {
                    Heard::Understood => {}
                    Heard::TooLong { limit } => {
                        let entry = self.last.clone();
                        return Err(ArchiveError::HeaderTooLong { entry, limit });
                    }
                    Heard::PathTooLong { begin } => {
                        return Err(MemberError::path_too_long(&begin).into());
                    }
                }
            } else {
                self.one(entry, std::mem::take(&mut extended))?;
            }
        }
        if watch.ended() {
            return Err(self.cut_short());
        }
        self.rest(stream)
    }

    fn one(&mut self, entry: Entry<'_, impl Read>, extended: Extended) -> Result<(), ArchiveError> {
        let header = entry.header();
        let path = extended
            .path
            .unwrap_or_else(|| header.path_bytes().into_owned());
        self.last = shown(&path);
        let size = header.entry_size().map_err(|e| self.damaged(e))?;
        if extended.size.is_some_and(|said| said != size) {
            return Err(self.damaged(io::Error::other("it has two sizes")));
        }
        let in_git = names(&path)?.iter().any(|name| *name == ".git");
        let executable = header.mode().map_err(|e| self.damaged(e))? & 0o100 != 0;
        let target = extended
            .target
            .or_else(|| header.link_name_bytes().map(Cow::into_owned))
            .unwrap_or_default();
        let member = match header.entry_type() {
            EntryType::GNUSparse => return Err(self.kind("a file with holes")),
            _ if extended.has_holes => return Err(self.kind("a file with holes")),
            // Nothing of it is kept, however much there is.
            _ if in_git => return Ok(()),
            EntryType::Directory => Member::Folder,
            // From before folders had a kind of their own.
            EntryType::Regular if path.ends_with(b"/") => Member::Folder,
            EntryType::Regular | EntryType::Continuous => Member::File {
                content: self.keep(entry, size)?,
                executable,
            },
            EntryType::Symlink if target.len() > crate::snapshot::members::LONGEST_PATH => {
                return Err(MemberError::path_too_long(&target).into());
            }
            EntryType::Symlink => Member::Link {
                target: OsStr::from_bytes(&target).to_owned(),
            },
            EntryType::Link => self.hard_link(&target)?,
            EntryType::Char | EntryType::Block => Member::Other("a device"),
            EntryType::Fifo => Member::Other("a named pipe"),
            _ => return Err(self.kind("of an unknown kind")),
        };
        Ok(self.members.insert(&path, member)?)
    }

    /// The same content once more, as if it had been packed twice.
    fn hard_link(&self, target: &[u8]) -> Result<Member<Range<u64>>, ArchiveError> {
        match self.members.get(target) {
            Some(member @ (Member::File { .. } | Member::Link { .. })) => Ok(member.clone()),
            _ => Err(ArchiveError::HardLink {
                entry: self.last.clone(),
                target: shown(target),
            }),
        }
    }

    fn keep(&mut self, mut content: impl Read, size: u64) -> Result<Range<u64>, ArchiveError> {
        let start = self.position;
        if size > self.limits.bytes.saturating_sub(start) {
            return Err(self.too_many_bytes());
        }
        let mut buffer = [0; 16 * 1024];
        loop {
            match content.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    self.kept
                        .write_all(&buffer[..read])
                        .map_err(ArchiveError::keep)?;
                    self.position += read as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.damaged(e)),
            }
        }
        // Where it is shorter than it says, the archive ends in it, which is seen before the next entry.
        Ok(start..self.position)
    }

    /// After the mark of the end there is only what fills up the last record.
    fn rest(&self, stream: &mut impl Read) -> Result<(), ArchiveError> {
        let mut buffer = [0; 16 * 1024];
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(read) if buffer[..read].iter().all(|byte| *byte == 0) => {}
                Ok(_) => return Err(ArchiveError::GoesOn),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.damaged(e)),
            }
        }
    }

    fn finish(mut self) -> Result<Tarball, ArchiveError> {
        self.members.take_out_leftovers_of_macos();
        self.members.strip_single_top();
        let kept = self
            .kept
            .into_inner()
            .map_err(|e| ArchiveError::keep(e.into_error()))?;
        Ok(Tarball {
            members: self.members,
            kept,
        })
    }

    fn damaged(&self, source: io::Error) -> ArchiveError {
        if source.kind() == io::ErrorKind::UnexpectedEof {
            return self.cut_short();
        }
        ArchiveError::Damaged {
            entry: self.last.clone(),
            source,
        }
    }

    fn cut_short(&self) -> ArchiveError {
        ArchiveError::CutShort {
            entry: self.last.clone(),
        }
    }

    fn too_many_bytes(&self) -> ArchiveError {
        ArchiveError::TooManyBytes {
            entry: self.last.clone(),
            limit: self.limits.bytes,
        }
    }

    fn kind(&self, kind: &'static str) -> ArchiveError {
        ArchiveError::Kind {
            entry: self.last.clone(),
            kind,
        }
    }
}
