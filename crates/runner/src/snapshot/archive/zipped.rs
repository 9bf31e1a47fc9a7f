//! A zip. Its table of contents, at its end, says what there is; only what is kept is unpacked.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, BufReader, Read},
    os::unix::ffi::OsStrExt,
};

use flate2::bufread::DeflateDecoder;
use rawzip::{
    CompressionMethod, CreatorSystem, ErrorKind, FileReader, ZipArchive, ZipArchiveEntryWayfinder,
    ZipFileHeaderRecord,
};

use super::ArchiveError;
use crate::snapshot::{
    MemberError, SnapshotError, SubmissionLimits,
    members::{LONGEST_PATH, Member, Members, names, shown},
    tree::{Content, Kind, Tree},
};

/// The part of a mode that says what something is, and its values.
const KIND: u32 = 0o170_000;
const FOLDER: u32 = 0o040_000;
const LINK: u32 = 0o120_000;
const FILE: u32 = 0o100_000;
const PIPE: u32 = 0o010_000;
const SOCKET: u32 = 0o140_000;

/// Where a file's content is.
#[derive(Debug, Clone, Copy)]
struct Place {
    way: ZipArchiveEntryWayfinder,
    deflated: bool,
}

/// A zip whose table of contents was read.
pub(super) struct Zipped {
    archive: ZipArchive<FileReader>,
    members: Members<Place>,
}

impl Zipped {
    pub(super) fn read(file: File, limits: SubmissionLimits) -> Result<Self, ArchiveError> {
        let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let archive = ZipArchive::from_file(file, &mut buffer).map_err(|e| damaged("", e))?;
        let mut members = Members::new(limits.files);
        let mut last = String::new();
        let mut there = 0;
        let mut entries = archive.entries(&mut buffer);
        loop {
            let record = match entries.next_entry() {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(error) => return Err(damaged(&last, error)),
            };
            there += 1;
            last = shown(record.file_path().as_bytes());
            let path = record.file_path().as_bytes();
            if names(path)?.iter().any(|name| *name == ".git") {
                continue;
            }
            let member = member(&archive, &record, &last)?;
            members.insert(path, member)?;
        }
        let said = archive.entries_hint();
        // Without the format's extension the number has 16 bits, and some programs let it wrap.
        if said != there && said != there % (1 << 16) {
            return Err(ArchiveError::WrongCount { said, there });
        }
        members.take_out_leftovers_of_macos();
        members.strip_single_top();
        Ok(Self { archive, members })
    }
}

impl Tree for Zipped {
    fn list(&mut self, folder: &str) -> Result<Vec<(OsString, Kind)>, SnapshotError> {
        Ok(self.members.list(folder))
    }

    fn link(&mut self, path: &str) -> Result<OsString, SnapshotError> {
        self.members.link(path)
    }

    fn file(&mut self, path: &str) -> Result<Content<'_>, SnapshotError> {
        let (place, executable) = self.members.file(path)?;
        let reader = unpack(&self.archive, *place).map_err(|e| SnapshotError::read(path, e))?;
        Ok(Content {
            reader,
            length: place.way.uncompressed_size_hint(),
            executable,
        })
    }
}

fn member(
    archive: &ZipArchive<FileReader>,
    record: &ZipFileHeaderRecord<'_>,
    entry: &str,
) -> Result<Member<Place>, ArchiveError> {
    let entry = || entry.to_owned();
    let made_by = record.version_made_by().creator_system();
    let on_unix = matches!(made_by, CreatorSystem::UNIX | CreatorSystem::MACOS);
    if !on_unix && record.file_path().as_bytes().contains(&b'\\') {
        return Err(ArchiveError::Backslash { entry: entry() });
    }
    if record.flags().is_encrypted() || record.flags().is_masked() {
        return Err(ArchiveError::Encrypted { entry: entry() });
    }
    let mode = record.mode().value();
    if record.is_dir() || mode & KIND == FOLDER {
        return Ok(Member::Folder);
    }
    let method = record.compression_method();
    if method != CompressionMethod::STORE && method != CompressionMethod::DEFLATE {
        return Err(ArchiveError::Method {
            entry: entry(),
            method: method.as_u16(),
        });
    }
    let place = Place {
        way: record.wayfinder(),
        deflated: method == CompressionMethod::DEFLATE,
    };
    Ok(match mode & KIND {
        FILE => Member::File {
            content: place,
            executable: mode & 0o100 != 0,
        },
        LINK => {
            let target = link_target(archive, place).map_err(|source| ArchiveError::Damaged {
                entry: entry(),
                source,
            })?;
            if target.len() > LONGEST_PATH {
                return Err(MemberError::path_too_long(&target).into());
            }
            Member::Link {
                target: OsStr::from_bytes(&target).to_owned(),
            }
        }
        PIPE => Member::Other("a named pipe"),
        SOCKET => Member::Other("a socket"),
        _ => Member::Other("a device"),
    })
}

fn link_target(archive: &ZipArchive<FileReader>, place: Place) -> io::Result<Vec<u8>> {
    let mut target = Vec::new();
    unpack(archive, place)?
        .take(LONGEST_PATH as u64 + 1)
        .read_to_end(&mut target)?;
    Ok(target)
}

/// A file's content; its length and its sum are held against the table of contents.
fn unpack(archive: &ZipArchive<FileReader>, place: Place) -> io::Result<Box<dyn Read + '_>> {
    let entry = archive.get_entry(place.way).map_err(io::Error::other)?;
    let packed = entry.reader();
    Ok(if place.deflated {
        Box::new(entry.verifying_reader(DeflateDecoder::new(BufReader::new(packed))))
    } else {
        Box::new(entry.verifying_reader(packed))
    })
}

fn damaged(entry: &str, error: rawzip::Error) -> ArchiveError {
    let entry = entry.to_owned();
    match error.into_kind() {
        ErrorKind::Eof | ErrorKind::MissingEndOfCentralDirectory => {
            ArchiveError::CutShort { entry }
        }
        ErrorKind::IO(source) => ArchiveError::Read { source },
        kind => ArchiveError::Damaged {
            entry,
            source: io::Error::other(kind.to_string()),
        },
    }
}
