//! What of this host's way to the network is handed into builds.

use std::{collections::HashMap, fs, path::PathBuf};

/// Each in both cases: programs disagree about which one they read.
const PROXY_VARIABLES: [&str; 10] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "FTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "ftp_proxy",
    "all_proxy",
    "no_proxy",
];

/// Where distributions keep all certificates in one file.
const BUNDLES: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
];

/// Each is read by some tools: OpenSSL and Go, curl, pip, Python's requests, Node.js.
const CERTIFICATE_VARIABLES: [&str; 5] = [
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
];

/// This host's proxies and certificate authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostNetwork {
    proxies: HashMap<String, String>,
    certificates: Vec<u8>,
}

impl HostNetwork {
    /// With these certificates, as one PEM file, and no proxies.
    pub fn with_certificates(certificates: Vec<u8>) -> Self {
        Self {
            proxies: HashMap::new(),
            certificates,
        }
    }

    /// With these proxies, by variable, instead of its own.
    #[must_use]
    pub fn with_proxies(self, proxies: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            proxies: proxies.into_iter().collect(),
            ..self
        }
    }

    /// As the environment and the system say: the proxies of `HTTP_PROXY` and its like, and the
    /// certificates of `SSL_CERT_FILE`, else those of the system; without certificates where there
    /// are none.
    pub fn of_environment() -> Self {
        let proxies = PROXY_VARIABLES
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)))
            .filter(|(_, value)| !value.is_empty());
        let certificates = std::env::var_os("SSL_CERT_FILE")
            .map(PathBuf::from)
            .into_iter()
            .chain(BUNDLES.iter().map(PathBuf::from))
            .find_map(|path| fs::read(path).ok())
            .unwrap_or_default();
        Self::with_certificates(certificates).with_proxies(proxies)
    }

    /// Build arguments. An engine keeps those of these names out of the image and of its cache's key.
    pub(crate) fn build_args(&self) -> HashMap<String, String> {
        let mut args = HashMap::new();
        for (name, value) in &self.proxies {
            args.insert(name.clone(), value.clone());
            for twin in [name.to_ascii_lowercase(), name.to_ascii_uppercase()] {
                args.entry(twin).or_insert_with(|| value.clone());
            }
        }
        args
    }

    /// The environment of a program that is to reach the network as this host does, with the file that
    /// holds its certificates, where it has any.
    pub(crate) fn environment(
        &self,
        certificates: Option<&std::path::Path>,
    ) -> Vec<(String, std::ffi::OsString)> {
        let proxies = self.build_args().into_iter();
        let mut all: Vec<_> = proxies.map(|(name, value)| (name, value.into())).collect();
        if let Some(path) = certificates {
            all.extend(CERTIFICATE_VARIABLES.map(|name| (name.to_owned(), path.into())));
        }
        all
    }

    /// The proxy for what is encrypted, else for what is not, as `host:port` or `user:password@host:port`.
    pub(crate) fn proxy(&self) -> Option<&str> {
        let names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"];
        let url = names.iter().find_map(|name| self.proxies.get(*name))?;
        let authority = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        Some(authority.trim_end_matches('/'))
    }

    /// All certificates as one PEM file; empty where the host has none.
    pub(crate) fn certificates(&self) -> &[u8] {
        &self.certificates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_handed_over_in_both_cases_and_keep_their_own_values() {
        let host = HostNetwork::default().with_proxies([
            ("https_proxy".to_owned(), "http://a:1".to_owned()),
            ("NO_PROXY".to_owned(), "x".to_owned()),
            ("no_proxy".to_owned(), "y".to_owned()),
        ]);
        let args = host.build_args();
        assert_eq!(args["HTTPS_PROXY"], "http://a:1");
        assert_eq!(args["https_proxy"], "http://a:1");
        assert_eq!(args["NO_PROXY"], "x");
        assert_eq!(args["no_proxy"], "y");
        assert_eq!(args.len(), 4);
        assert_eq!(host.proxy(), Some("a:1"));
        assert_eq!(HostNetwork::default().proxy(), None);
    }
}
