//! The files of a revision, read from its objects.

use std::{
    ffi::{OsStr, OsString},
    io::{BufRead, BufReader, Cursor, Read},
    os::unix::ffi::OsStrExt,
    path::Path,
    process::Stdio,
};

use super::{
    GitError,
    objects::{Ended, Objects},
    program::{self, REFERENCE},
    repository::Repository,
};
use crate::snapshot::{
    GitUrl, MemberError, SnapshotError, SubmissionLimits,
    members::{LONGEST_PATH, Member, Members, shown},
    tree::{Content, Kind, Tree},
};

/// No pointer of Git LFS is longer, by its own specification; in bytes.
const LFS_LONGEST: u64 = 1024;
const LFS_BEGIN: &[u8] = b"version https://git-lfs.github.com/spec/v";

/// A line of `ls-tree` before the path, in bytes.
const LONGEST_BEGIN: usize = 128;

/// A revision, or a folder of it.
#[derive(Debug)]
pub(in crate::snapshot) struct Revision {
    url: String,
    commit: String,
    members: Members<String>,
    objects: Objects,
    // Last, so that nothing runs in it any more when it is removed.
    _repository: Repository,
}

impl Revision {
    pub(super) fn open(
        repository: Repository,
        url: &GitUrl,
        limits: SubmissionLimits,
    ) -> Result<Self, SnapshotError> {
        let open = || {
            let (commit, tree) = find(repository.path(), url)?;
            let mut objects = Objects::of(repository.path(), true)?;
            let members = list(repository.path(), &tree, &mut objects, limits)?;
            Ok((commit, members, objects))
        };
        let (commit, members, objects) = open().map_err(|error: GitError| SnapshotError::Git {
            url: url.to_string(),
            source: Box::new(error),
        })?;
        Ok(Self {
            url: url.to_string(),
            commit,
            members,
            objects,
            _repository: repository,
        })
    }

    /// The full id.
    pub(in crate::snapshot) fn commit(&self) -> &str {
        &self.commit
    }
}

impl Tree for Revision {
    fn list(&mut self, folder: &str) -> Result<Vec<(OsString, Kind)>, SnapshotError> {
        Ok(self.members.list(folder))
    }

    fn link(&mut self, path: &str) -> Result<OsString, SnapshotError> {
        self.members.link(path)
    }

    fn file(&mut self, path: &str) -> Result<Content<'_>, SnapshotError> {
        let (id, executable) = self.members.file(path)?;
        let read = |e| SnapshotError::read(path, e);
        let (length, mut content) = self.objects.content(id).map_err(read)?;
        let mut begin = Vec::new();
        if length <= LFS_LONGEST {
            content.read_to_end(&mut begin).map_err(read)?;
            if begin.starts_with(LFS_BEGIN) {
                return Err(SnapshotError::Git {
                    url: self.url.clone(),
                    source: Box::new(GitError::Lfs {
                        entry: path.to_owned(),
                    }),
                });
            }
        }
        Ok(Content {
            reader: Box::new(Cursor::new(begin).chain(content)),
            length,
            executable,
        })
    }

    /// What was committed is what was handed in.
    fn obeys_ignore_files(&self) -> bool {
        false
    }
}

/// The ids of the commit and of the folder.
fn find(repository: &Path, url: &GitUrl) -> Result<(String, String), GitError> {
    let revision = || url.revision().unwrap_or("HEAD").to_owned();
    let mut names = Objects::of(repository, false)?;
    let mut describe = |name: &str| {
        names.describe(name).map_err(|e| GitError::Objects {
            detail: e.to_string(),
        })
    };
    let Some(commit) = describe(&format!("{REFERENCE}^{{commit}}"))? else {
        return Err(GitError::NoCommit {
            revision: revision(),
        });
    };
    let folder = url.folder().unwrap_or_default();
    match describe(&format!("{}:{folder}", commit.id))? {
        Some(tree) if tree.kind == "tree" => Ok((commit.id, tree.id)),
        _ => Err(GitError::NoFolder {
            revision: revision(),
            folder: folder.to_owned(),
        }),
    }
}

/// The entries of a tree and all below it. A tree can stand for more than anybody could list, so it
/// is listed no further than the limits go.
fn list(
    repository: &Path,
    tree: &str,
    objects: &mut Objects,
    limits: SubmissionLimits,
) -> Result<Members<String>, GitError> {
    let mut git = program::git(repository);
    git.args(["ls-tree", "-r", "-z", "--full-tree", tree])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = Ended::start(git)?;
    let broken = |detail: &str| GitError::Objects {
        detail: detail.to_owned(),
    };
    let output = process.0.stdout.take();
    let mut lines = BufReader::new(output.ok_or_else(|| broken("git says nothing"))?);
    let mut members = Members::new(limits.files);
    let mut line = Vec::new();
    loop {
        line.clear();
        let longest = (LONGEST_BEGIN + LONGEST_PATH) as u64 + 1;
        (&mut lines)
            .take(longest)
            .read_until(0, &mut line)
            .map_err(|e| broken(&e.to_string()))?;
        if line.is_empty() {
            break;
        }
        let (begin, path) = parts(&line).ok_or_else(|| broken("a tree cannot be understood"))?;
        let Some(path) = path.strip_suffix(&[0]) else {
            return Err(MemberError::path_too_long(path).into());
        };
        let mut words = begin.split(' ');
        let (mode, id) = (words.next().unwrap_or(""), words.nth(1).unwrap_or(""));
        let member = match mode {
            "160000" => {
                return Err(GitError::Submodule { entry: shown(path) });
            }
            "120000" => link(objects, id, path)?,
            mode if mode.starts_with("100") => Member::File {
                content: id.to_owned(),
                executable: mode.ends_with("755"),
            },
            _ => Member::Other("of an unknown kind"),
        };
        members.insert(path, member)?;
    }
    let status = process.0.wait().map_err(|e| broken(&e.to_string()))?;
    if status.success() {
        Ok(members)
    } else {
        Err(broken("a tree is missing or damaged"))
    }
}

fn parts(line: &[u8]) -> Option<(&str, &[u8])> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (begin, path) = line.split_at(tab);
    Some((std::str::from_utf8(begin).ok()?, &path[1..]))
}

fn link(objects: &mut Objects, id: &str, path: &[u8]) -> Result<Member<String>, GitError> {
    let mut target = Vec::new();
    objects
        .content(id)
        .and_then(|(_, content)| {
            content
                .take(LONGEST_PATH as u64 + 1)
                .read_to_end(&mut target)
        })
        .map_err(|e| GitError::Objects {
            detail: format!("{:?}: {e}", shown(path)),
        })?;
    if target.len() > LONGEST_PATH {
        return Err(MemberError::path_too_long(&target).into());
    }
    Ok(Member::Link {
        target: OsStr::from_bytes(&target).to_owned(),
    })
}
