//! `https://host/owner/repository#revision:folder`.

use std::fmt;

use super::SourceError;

/// Stands for what nobody should see.
const HIDDEN: &str = "***";

/// A repository, and what of it.
#[derive(Clone, PartialEq, Eq)]
pub struct GitUrl {
    url: String,
    shown: String,
    name: String,
    revision: Option<String>,
    folder: Option<String>,
}

impl GitUrl {
    pub(super) fn parse(text: &str, scheme: &str, rest: &str) -> Result<Self, SourceError> {
        let lower = scheme.to_ascii_lowercase();
        let scheme = match lower.as_str() {
            "https" | "git+https" => "https",
            "ssh" | "git+ssh" => "ssh",
            "git+file" => "file",
            "file" => return Err(SourceError::File),
            "http" | "git" | "git+http" => {
                return Err(SourceError::NotEncrypted { scheme: lower });
            }
            _ => return Err(SourceError::Scheme { scheme: lower }),
        };
        let (address, fragment) = match rest.split_once('#') {
            Some((address, fragment)) => (address, Some(fragment)),
            None => (rest, None),
        };
        let shown = format!("{scheme}://{}", without_secret(scheme, address));
        let wrong = |why| SourceError::Address {
            url: shown.clone(),
            why,
        };
        if text.chars().any(char::is_control) || address.contains(char::is_whitespace) {
            return Err(wrong("has a space or a control character in it"));
        }
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let path = path.trim_end_matches('/');
        match (scheme, host) {
            ("file", "") => {}
            ("file", _) => return Err(wrong("must be absolute: git+file:///path/to/repository")),
            (_, "") => return Err(wrong("names no host")),
            _ => {}
        }
        let (user, machine) = host.rsplit_once('@').unwrap_or(("", host));
        if user.starts_with('-') || machine.starts_with('-') {
            return Err(wrong("begins with `-` where a user or host belongs"));
        }
        if path.is_empty() {
            return Err(wrong("names no repository"));
        }
        let last = path.rsplit('/').next().unwrap_or(path);
        let name = Some(last.strip_suffix(".git").unwrap_or(last)).filter(|n| !n.is_empty());
        let (revision, folder) = match fragment.map(|f| f.split_once(':').unwrap_or((f, ""))) {
            Some((revision, folder)) => (revision_of(revision)?, folder_of(folder)?),
            None => (None, None),
        };
        Ok(Self {
            url: format!("{scheme}://{address}"),
            name: name.unwrap_or("repository").to_owned(),
            shown,
            revision,
            folder,
        })
    }

    /// The repository's name, without `.git`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The branch, tag or full commit id that is asked for; the default branch otherwise.
    pub fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }

    /// The folder that is asked for; all of it otherwise.
    pub fn folder(&self) -> Option<&str> {
        self.folder.as_deref()
    }

    /// As git takes it, with a password where one was written.
    pub(in crate::snapshot) fn url(&self) -> &str {
        &self.url
    }

    pub(in crate::snapshot) fn is_ssh(&self) -> bool {
        self.url.starts_with("ssh:")
    }

    /// A text of git's without the password.
    pub(in crate::snapshot) fn without_password(&self, text: &str) -> String {
        let (scheme, address) = self.url.split_once("://").unwrap_or_default();
        match secret(scheme, address) {
            Some(secret) => text.replace(secret, HIDDEN),
            None => text.to_owned(),
        }
    }
}

/// For people: without a password.
impl fmt::Display for GitUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)?;
        if self.revision.is_some() || self.folder.is_some() {
            write!(f, "#{}", self.revision.as_deref().unwrap_or_default())?;
        }
        self.folder.as_ref().map_or(Ok(()), |at| write!(f, ":{at}"))
    }
}

impl fmt::Debug for GitUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GitUrl({self})")
    }
}

/// What of an address nobody should see: a password, or a name alone that may be a token.
fn secret<'a>(scheme: &str, address: &'a str) -> Option<&'a str> {
    let (user, _) = address.split('/').next()?.rsplit_once('@')?;
    match user.split_once(':') {
        Some((_, password)) => Some(password),
        None => (scheme == "https").then_some(user),
    }
    .filter(|secret| !secret.is_empty())
}

fn without_secret(scheme: &str, address: &str) -> String {
    match secret(scheme, address) {
        Some(secret) => address.replacen(&format!("{secret}@"), &format!("{HIDDEN}@"), 1),
        None => address.to_owned(),
    }
}

/// What git's own rules for names allow, so that a name can stand for nothing else.
fn revision_of(text: &str) -> Result<Option<String>, SourceError> {
    let wrong = |why| SourceError::Revision {
        revision: text.to_owned(),
        why,
    };
    if text.is_empty() {
        return Ok(None);
    }
    if text.starts_with(['-', '+', '/', '.']) {
        return Err(wrong("begins with a character that no name begins with"));
    }
    if text.contains(|c: char| c.is_whitespace() || "~^?*[]\\".contains(c)) {
        return Err(wrong("has a character that no name has"));
    }
    if text.contains("..") || text.contains("//") || text.contains("@{") || text == "@" {
        return Err(wrong("stands for more than a name"));
    }
    if text.ends_with(['/', '.']) || text.rsplit('.').next() == Some("lock") && text.contains('.') {
        return Err(wrong("ends as no name ends"));
    }
    Ok(Some(text.to_owned()))
}

fn folder_of(text: &str) -> Result<Option<String>, SourceError> {
    let wrong = |why| SourceError::Folder {
        folder: text.to_owned(),
        why,
    };
    if text.starts_with('/') {
        return Err(wrong("is absolute"));
    }
    let mut names = Vec::new();
    for name in text.split('/') {
        match name {
            "" | "." => {}
            ".." => return Err(wrong("leaves the repository")),
            name => names.push(name),
        }
    }
    Ok(Some(names.join("/")).filter(|path| !path.is_empty()))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;
    use crate::snapshot::Source;

    fn parse(text: &str) -> Result<GitUrl, SourceError> {
        match Source::parse(OsStr::new(text))? {
            Source::Git(url) => Ok(url),
            Source::Path(path) => panic!("{text} is the path {}", path.display()),
        }
    }

    #[test]
    fn addresses_are_taken_apart() {
        for (text, url, name, revision, folder) in [
            ("https://h/o/r", "https://h/o/r", "r", None, None),
            (
                "git+https://h/o/r.git/",
                "https://h/o/r.git/",
                "r",
                None,
                None,
            ),
            (
                "ssh://git@h:22/r.git#v1",
                "ssh://git@h:22/r.git",
                "r",
                Some("v1"),
                None,
            ),
            ("git+ssh://h/r#:a/./b/", "ssh://h/r", "r", None, Some("a/b")),
            (
                "git+file:///p/r#feature/x:d",
                "file:///p/r",
                "r",
                Some("feature/x"),
                Some("d"),
            ),
            (
                "HTTPS://h/.git#:",
                "https://h/.git",
                "repository",
                None,
                None,
            ),
        ] {
            let parsed = parse(text).unwrap();
            assert_eq!(parsed.url(), url);
            assert_eq!(parsed.name(), name);
            assert_eq!(parsed.revision(), revision);
            assert_eq!(parsed.folder(), folder);
        }
    }

    #[test]
    fn addresses_that_are_none_are_refused() {
        for (text, part) in [
            ("ftp://h/r", "no way to hand in"),
            ("http://h/r", "not encrypted"),
            ("git://h/r", "not encrypted"),
            ("file:///r", "git+file://"),
            ("git+file://r/s", "must be absolute"),
            ("https:///r", "names no host"),
            ("https://h", "names no repository"),
            ("ssh://-oProxyCommand=x/r", "begins with `-`"),
            ("ssh://-x@h/r", "begins with `-`"),
            ("https://h/a b", "space"),
            ("https://h/a\nb", "control character"),
            ("https://h/r#a\nb", "control character"),
            ("https://h/r#--upload-pack=x", "no name begins with"),
            ("https://h/r#+a", "no name begins with"),
            ("https://h/r#a..b", "more than a name"),
            ("https://h/r#a^{tree}", "no name has"),
            ("https://h/r#a.lock", "no name ends"),
            ("https://h/r#a:../b", "leaves the repository"),
            ("https://h/r#:/b", "is absolute"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn a_password_is_shown_to_nobody() {
        let url = parse("https://jane:s3cret@h/r#main").unwrap();
        assert_eq!(url.to_string(), "https://jane:***@h/r#main");
        assert!(!format!("{url:?}").contains("s3cret"));
        assert!(url.url().contains("s3cret"));
        assert_eq!(url.without_password("for s3cret"), "for ***");
        let token = parse("https://t0ken@h/r").unwrap();
        assert_eq!(token.to_string(), "https://***@h/r");
        let ssh = parse("ssh://git@h/r.git").unwrap();
        assert_eq!(ssh.to_string(), "ssh://git@h/r.git");
    }
}
