//! What was written on the command line, and what it means.

mod error;
mod git_url;

use std::{
    ffi::OsStr,
    fmt,
    path::{Path, PathBuf},
};

pub use self::{error::SourceError, git_url::GitUrl};

/// Where a submission is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A folder or an archive on this machine.
    Path(PathBuf),
    /// A revision in git.
    Git(GitUrl),
}

impl Source {
    /// Reads an argument. What has a scheme (`https://...`) is an address; all else is a path.
    ///
    /// # Errors
    /// When an address is none that can be fetched from, or not written as one.
    pub fn parse(text: &OsStr) -> Result<Self, SourceError> {
        let path = Path::new(text);
        let Some(words) = text.to_str() else {
            return Ok(Self::Path(path.to_owned()));
        };
        if let Some((scheme, rest)) = scheme_of(words) {
            return GitUrl::parse(words, scheme, rest).map(Self::Git);
        }
        if let Some((host, at)) = like_scp(words)
            && !path.exists()
        {
            return Err(SourceError::LikeScp {
                url: format!("ssh://{host}/{}", at.trim_start_matches('/')),
            });
        }
        Ok(Self::Path(path.to_owned()))
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Self::Path(path.to_owned())
    }
}

/// For people: without a password.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Git(url) => url.fmt(f),
        }
    }
}

/// A scheme and what stands behind its `://`.
fn scheme_of(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let mut letters = scheme.chars();
    let is_one = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_one.then_some((scheme, rest))
}

/// `git@host:path`, as code hosts show it.
fn like_scp(text: &str) -> Option<(&str, &str)> {
    let (host, path) = text.split_once(':')?;
    let (user, name) = host.split_once('@')?;
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
    };
    (plain(user) && plain(name) && !path.is_empty()).then_some((host, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_scheme_is_an_address_and_all_else_a_path() {
        for path in [
            "folder",
            "a.zip",
            "./https://x",
            "https:/x",
            "../a:b",
            "1://x",
            "@",
        ] {
            let source = Source::parse(OsStr::new(path)).unwrap();
            assert_eq!(source, Source::Path(path.into()));
        }
        let source = Source::parse(OsStr::new("https://host/x")).unwrap();
        assert!(matches!(source, Source::Git(_)));
    }

    #[test]
    fn what_code_hosts_show_for_ssh_is_told_as_an_address() {
        let error = Source::parse(OsStr::new("git@host.example:a/b.git")).unwrap_err();
        assert!(
            error.to_string().contains("ssh://git@host.example/a/b.git"),
            "{error}"
        );
    }
}
