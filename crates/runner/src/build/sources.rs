//! Where the images of others, which a submission may start from, come from.
//!
//! It is the engine that fetches them, from its own host, past all that keeps a build in; so a
//! submission has no say in whom it asks.

use crate::{BuildNetwork, images::CACHE};

/// Which registries of images may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageSources {
    /// Whichever is named. For tests of the builder itself.
    #[doc(hidden)]
    Any,
    /// None: what the engine has is all there is.
    None,
    /// The one that the engine asks where a name has no host, and these hosts.
    Usual {
        /// The usual one's host, as the engine has it.
        usual: Option<String>,
        /// As in `limits.build.hosts`.
        hosts: Vec<String>,
    },
}

impl ImageSources {
    /// By a challenge's network policy; `index` is the engine's `IndexServerAddress`.
    pub(crate) fn of(network: &BuildNetwork, index: Option<&str>) -> Self {
        let host = |index: &str| {
            let (_, rest) = index.split_once("://").unwrap_or(("", index));
            rest.split('/').next().unwrap_or(rest).to_owned()
        };
        match network {
            BuildNetwork::None => Self::None,
            BuildNetwork::Registries { hosts } => Self::Usual {
                usual: index.map(host),
                hosts: hosts.clone(),
            },
        }
    }

    /// Why an image is none that a submission may start from, whether the engine has it or not.
    pub(super) fn refuses(&self, image: &str) -> Option<String> {
        let (host, name) = parts(image);
        // Under the usual registry's host too, which the engine leaves out.
        if name.starts_with(CACHE) {
            return Some(format!("there is no image {image}"));
        }
        let host = host.filter(|host| !self.is_usual(host))?;
        let Self::Usual { hosts, .. } = self else {
            return None;
        };
        if hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
            return None;
        }
        Some(format!(
            "the image {image} would be fetched from {host}, which the challenge does not allow \
             (limits.build.hosts); images come from the engine's usual registry"
        ))
    }

    /// Why an image that the engine does not have is not fetched.
    pub(super) fn keeps_from_fetching(&self, image: &str) -> Option<String> {
        (*self == Self::None).then(|| {
            format!(
                "there is no image {image} here, and the challenge's builds have no network \
                 (limits.build.network)"
            )
        })
    }

    /// The engine takes a name with that host for the same one without.
    fn is_usual(&self, host: &str) -> bool {
        let Self::Usual {
            usual: Some(usual), ..
        } = self
        else {
            return false;
        };
        usual == host || usual.strip_prefix("index.") == Some(host)
    }
}

/// The registry's host, where a name has one, and the rest, as engines tell them apart.
fn parts(image: &str) -> (Option<&str>, &str) {
    match image.split_once('/') {
        // A part of a name has no capitals.
        Some((first, rest))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first.contains(|c: char| c.is_uppercase()) =>
        {
            (Some(first), rest)
        }
        _ => (None, image),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> ImageSources {
        let network = BuildNetwork::Registries {
            hosts: vec!["images.example:5000".to_owned()],
        };
        ImageSources::of(&network, Some("https://index.usual.example/v1/"))
    }

    #[test]
    fn a_submission_has_no_say_in_whom_the_engine_asks() {
        let sources = usual();
        for allowed in [
            "python:3.13",
            "someone/app@sha256:0123",
            "usual.example/library/python",
            "index.usual.example/library/python",
            "images.example:5000/app:1",
        ] {
            assert_eq!(sources.refuses(allowed), None, "{allowed}");
        }
        for refused in [
            "127.0.0.1:1/x",
            "localhost/x",
            "INTRANET/x",
            "other.example/python",
            "images.example/app:1",
            "not-usual.example/x",
        ] {
            let why = sources.refuses(refused).unwrap();
            assert!(why.contains("limits.build.hosts"), "{why}");
        }
    }

    #[test]
    fn what_is_kept_from_other_submissions_is_no_image_to_start_from() {
        for sources in [usual(), ImageSources::None, ImageSources::Any] {
            for kept in [
                "tryout-cache/app:0123",
                "usual.example/tryout-cache/app:0123",
            ] {
                assert!(sources.refuses(kept).is_some(), "{kept}");
            }
        }
    }

    #[test]
    fn without_a_network_nothing_is_fetched() {
        let sources = ImageSources::of(&BuildNetwork::None, Some("https://usual.example/"));
        assert!(sources.keeps_from_fetching("python:3.13").is_some());
        assert_eq!(usual().keeps_from_fetching("python:3.13"), None);
    }
}
