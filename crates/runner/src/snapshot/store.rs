//! The copy itself: a tar in a file that has no name.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, Write},
    os::unix::fs::FileExt,
    sync::Arc,
};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tar::{Builder, EntryType, Header};

use super::{Entry, SnapshotError, tree::Content};

/// Every entry's time: late enough for zip, whose times begin in 1980, so that wheels can be built.
const MTIME: u64 = 1_000_000_000;

/// How much is read at once for a request's body.
const CHUNK: usize = 128 * 1024;

/// A tar's data stands in blocks.
const BLOCK: u64 = 512;

/// A finished tar.
#[derive(Debug, Clone)]
pub(crate) struct Archive {
    file: Arc<File>,
    length: u64,
}

impl Archive {
    pub(super) fn read(&self, offset: u64, length: u64) -> Result<Vec<u8>, SnapshotError> {
        let mut content = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        self.file
            .read_exact_at(&mut content, offset)
            .map_err(|source| store_error("read", source))?;
        Ok(content)
    }

    pub(super) fn reader(&self) -> ArchiveReader {
        ArchiveReader::clone_of(self)
    }

    /// A part of it. `keep` is given each file's and link's path and permissions, and says those that
    /// it gets; none where it is left out.
    pub(super) fn part(
        &self,
        keep: impl Fn(&str, u32) -> Option<u32>,
    ) -> Result<Self, SnapshotError> {
        let unreadable = |source| store_error("read", source);
        let mut writer = ArchiveWriter::create()?;
        let mut whole = tar::Archive::new(self.reader());
        for entry in whole.entries().map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path().map_err(unreadable)?;
            // All paths of a snapshot are text.
            let path = path.to_string_lossy().into_owned();
            let mode = entry.header().mode().map_err(unreadable)?;
            let kind = entry.header().entry_type();
            if kind.is_dir() {
                continue;
            }
            let Some(mode) = keep(&path, mode) else {
                continue;
            };
            if kind.is_symlink() {
                let target = entry.link_name().map_err(unreadable)?.unwrap_or_default();
                writer.link(&path, &target.to_string_lossy())?;
                continue;
            }
            writer.append(&path, mode, entry.size(), entry, |_| {})?;
        }
        writer.finish()
    }

    pub(crate) fn stream(
        &self,
    ) -> impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static + use<> {
        stream::try_unfold(self.reader(), |mut reader| async move {
            // The file is in the page cache or on a local disk; a worker is not held up by it.
            let mut chunk = vec![0; CHUNK];
            let read = reader.read(&mut chunk)?;
            chunk.truncate(read);
            Ok((read > 0).then(|| (Bytes::from(chunk), reader)))
        })
    }
}

/// Reads a tar from its beginning; many may read the same one.
#[derive(Debug)]
pub(super) struct ArchiveReader {
    archive: Archive,
    position: u64,
}

impl ArchiveReader {
    pub(super) fn clone_of(archive: &Archive) -> Self {
        Self {
            archive: archive.clone(),
            position: 0,
        }
    }
}

impl Read for ArchiveReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.archive.length.saturating_sub(self.position);
        let wanted = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let buffer = buffer.get_mut(..wanted).unwrap_or_default();
        let read = self.archive.file.read_at(buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

/// Writes a tar.
pub(super) struct ArchiveWriter {
    tar: Builder<BufWriter<File>>,
    folder: String,
}

impl ArchiveWriter {
    pub(super) fn create() -> Result<Self, SnapshotError> {
        let file = tempfile::tempfile().map_err(|source| store_error("made", source))?;
        Ok(Self {
            tar: Builder::new(BufWriter::new(file)),
            folder: String::new(),
        })
    }

    /// Copies a file's content; `see` is given each part of it as well.
    pub(super) fn file(
        &mut self,
        path: &str,
        content: Content<'_>,
        see: impl FnMut(&[u8]),
    ) -> Result<Entry, SnapshotError> {
        let mode = if content.executable { 0o755 } else { 0o644 };
        self.append(path, mode, content.length, content.reader, see)
    }

    fn append(
        &mut self,
        path: &str,
        mode: u32,
        length: u64,
        content: impl Read,
        see: impl FnMut(&[u8]),
    ) -> Result<Entry, SnapshotError> {
        let mut header = header(EntryType::Regular, mode);
        header.set_size(length);
        let mut watched = Watched {
            content,
            left: length,
            see,
            failure: None,
        };
        let mut write = |writer: &mut Self| {
            writer.folders_of(path)?;
            writer.tar.append_data(&mut header, path, &mut watched)?;
            writer.tar.get_mut().stream_position()
        };
        let written = write(self);
        if let Some(source) = watched.failure {
            return Err(SnapshotError::read(path, source));
        }
        let end = written.map_err(|source| store_error("written", source))?;
        Ok(Entry::File {
            offset: end - length.next_multiple_of(BLOCK),
            length,
        })
    }

    pub(super) fn link(&mut self, path: &str, target: &str) -> Result<Entry, SnapshotError> {
        let mut header = header(EntryType::Symlink, 0o777);
        header.set_size(0);
        let mut write = |writer: &mut Self| {
            writer.folders_of(path)?;
            writer.tar.append_link(&mut header, path, target)
        };
        write(self).map_err(|source| store_error("written", source))?;
        Ok(Entry::Link {
            target: target.to_owned(),
        })
    }

    pub(super) fn finish(self) -> Result<Archive, SnapshotError> {
        let finish = || {
            let mut writer = self.tar.into_inner()?;
            writer.flush()?;
            let length = writer.stream_position()?;
            let file = writer
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?;
            Ok(Archive {
                file: Arc::new(file),
                length,
            })
        };
        finish().map_err(|source| store_error("written", source))
    }

    /// The folders above a path, each once: paths come sorted, so those that the previous path
    /// shares are there already. Without an entry of its own a folder would get the mode that the
    /// unpacking program happens to like.
    fn folders_of(&mut self, path: &str) -> io::Result<()> {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        for (end, _) in parent
            .match_indices('/')
            .chain((!parent.is_empty()).then_some((parent.len(), "")))
        {
            let folder = &parent[..end];
            let there = self.folder.strip_prefix(folder);
            if there.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
                continue;
            }
            let mut header = header(EntryType::Directory, 0o755);
            header.set_size(0);
            self.tar
                .append_data(&mut header, format!("{folder}/"), io::empty())?;
        }
        parent.clone_into(&mut self.folder);
        Ok(())
    }
}

/// A file's content on its way into the copy: as long as it was said to be, and with its own failures
/// kept apart from those of the copy.
struct Watched<R, S> {
    content: R,
    left: u64,
    see: S,
    failure: Option<io::Error>,
}

impl<R: Read, S: FnMut(&[u8])> Read for Watched<R, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.content.read(buffer) {
            Ok(0) if self.left > 0 => {
                let short = io::Error::other("it became shorter while it was read");
                Err(self.failed(short))
            }
            Ok(read) => {
                let Some(left) = self.left.checked_sub(read as u64) else {
                    return Err(self.failed(io::Error::other("it is longer than it says")));
                };
                self.left = left;
                (self.see)(&buffer[..read]);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => Err(self.failed(error)),
        }
    }
}

impl<R, S> Watched<R, S> {
    /// Keeps the error for the caller; what copies gets one that says nothing.
    fn failed(&mut self, error: io::Error) -> io::Error {
        let kind = error.kind();
        self.failure = Some(error);
        kind.into()
    }
}

fn header(kind: EntryType, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_mtime(MTIME);
    header.set_uid(0);
    header.set_gid(0);
    header
}

pub(super) fn store_error(operation: &'static str, source: io::Error) -> SnapshotError {
    SnapshotError::Store {
        operation,
        folder: std::env::temp_dir(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(content: &[u8], length: u64) -> Result<Archive, SnapshotError> {
        let mut writer = ArchiveWriter::create()?;
        let content = Content {
            reader: Box::new(content),
            length,
            executable: false,
        };
        writer.file("a", content, |_| {})?;
        writer.finish()
    }

    #[test]
    fn content_of_another_length_than_it_was_said_to_have_is_refused() {
        write(b"123", 3).unwrap();
        for (length, part) in [(4, "shorter"), (2, "longer")] {
            let error = write(b"123", length).unwrap_err();
            let SnapshotError::ReadEntry { entry, source } = error else {
                panic!("{error}");
            };
            assert_eq!(entry, "a");
            assert!(source.to_string().contains(part), "{source}");
        }
    }
}
