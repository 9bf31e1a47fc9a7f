//! The package registries that a build may reach: those that the package tools in our images are set
//! up for. Each image's recipe writes them down, so that no list is kept here.

use std::collections::{BTreeMap, BTreeSet};

use crate::docker::{SandboxError, image_files, site::Site};

/// Where recipes write them: a file for each tool. A line is the URL of something that exists, or a host.
const FOLDER: &str = "/usr/local/share/tryout/registries";
const ROLE: &str = "registries";
/// In bytes, of all files together; far more than a few lines take.
const SIZE: usize = 64 * 1024;

/// Hosts, and what can be asked of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Registries {
    /// By host, URLs of what exists there; none where only the host is known.
    known: BTreeMap<String, BTreeSet<String>>,
}

impl Registries {
    /// Of the tools in these images of ours, by id, and hosts that the challenge adds.
    pub(super) async fn of_images<'a>(
        site: &Site,
        images: impl Iterator<Item = &'a String>,
        hosts: &[String],
    ) -> Result<Self, SandboxError> {
        let mut registries = Self::default();
        for (number, image) in images.enumerate() {
            // They are there side by side until the run ends.
            let role = format!("{ROLE}-{number}");
            for text in image_files::read(site, &role, image, FOLDER, SIZE).await? {
                registries.add(&text);
            }
        }
        registries.add(&hosts.join("\n"));
        Ok(registries)
    }

    fn add(&mut self, text: &str) {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let host = host_of(line).to_ascii_lowercase();
            let urls = self.known.entry(host).or_default();
            if line.contains("://") {
                urls.insert(line.to_owned());
            }
        }
    }

    pub(super) fn hosts(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// One that is known to exist on a host, and whether it is; else the host's first page.
    pub(super) fn sample(&self, host: &str) -> Option<(String, Known)> {
        let urls = self.known.get(host)?;
        Some(match urls.first() {
            Some(url) => (url.clone(), Known::Exists),
            None => (format!("https://{host}/"), Known::Host),
        })
    }

    /// The hosts as the proxy's filter has them: one regular expression a line.
    pub(super) fn patterns(&self) -> String {
        let patterns = self.hosts().map(|host| {
            let escaped = host.replace('.', "\\.");
            format!("^{escaped}$\n")
        });
        patterns.collect()
    }
}

/// What is known of a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Something is there.
    Exists,
    /// Somebody answers there, whatever it is.
    Host,
}

/// Of a URL or of a host itself, without a port.
pub(super) fn host_of(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let authority = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    authority
        .split_once(':')
        .map_or(authority, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_url_or_a_host() {
        let mut registries = Registries::default();
        registries.add("https://Index.example/simple/a/\nfiles.example\n\n");
        registries.add("http://index.example:80/b\n");
        let hosts: Vec<_> = registries.hosts().collect();
        assert_eq!(hosts, ["files.example", "index.example"]);
        assert_eq!(
            registries.sample("files.example"),
            Some(("https://files.example/".to_owned(), Known::Host))
        );
        assert_eq!(
            registries.sample("index.example"),
            Some(("http://index.example:80/b".to_owned(), Known::Exists))
        );
        assert_eq!(registries.sample("example"), None);
    }

    #[test]
    fn a_pattern_matches_its_host_alone() {
        let mut registries = Registries::default();
        registries.add("a.example\nb.example");
        assert_eq!(registries.patterns(), "^a\\.example$\n^b\\.example$\n");
    }
}
