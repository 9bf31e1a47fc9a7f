//! Where a load goes.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use http::Uri;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use thiserror::Error;
use tokio_rustls::TlsConnector;

use crate::load::LoadError;

/// A server.
#[derive(Debug, Clone)]
pub struct Target {
    /// Scheme and authority.
    pub(crate) base: Uri,
    host: String,
    port: u16,
    /// None in clear.
    roots: Option<Roots>,
    pub(crate) version: Version,
}

/// Which version of HTTP is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2: in clear by prior knowledge, over TLS by ALPN.
    Http2 {
        /// How many requests a connection carries at once.
        streams: u16,
    },
}

impl Version {
    /// How many requests a connection carries at once.
    pub(crate) fn streams(self) -> u16 {
        match self {
            Self::Http1 => 1,
            Self::Http2 { streams } => streams.max(1),
        }
    }
}

/// Whom a server's certificate may come from.
#[derive(Debug, Clone, Default)]
pub enum Roots {
    /// Those that this machine trusts.
    #[default]
    Platform,
    /// Those in a file, as PEM.
    File(PathBuf),
}

/// Why a target is none.
#[derive(Debug, Error)]
pub enum TargetError {
    /// Something is missing, or not known.
    #[error(
        "`{address}` is no address to send requests to: write http://HOST:PORT/PATH or https://..."
    )]
    Address {
        /// As given.
        address: String,
    },
    /// The certificates could not be read.
    #[error("the certificates in {} could not be read", file.display())]
    Certificates {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// The file has none.
    #[error("there is no certificate to trust in {place}")]
    NoCertificates {
        /// Where they were looked for.
        place: String,
    },
    /// TLS cannot be set up.
    #[error("TLS could not be set up")]
    Tls {
        /// Why.
        #[source]
        source: rustls::Error,
    },
}

impl Target {
    /// The server of an address; its path is left aside.
    pub fn new(address: &Uri) -> Result<Self, TargetError> {
        let wrong = || TargetError::Address {
            address: address.to_string(),
        };
        let scheme = address.scheme_str().ok_or_else(wrong)?;
        let (roots, usual) = match scheme {
            "http" => (None, 80),
            "https" => (Some(Roots::Platform), 443),
            _ => return Err(wrong()),
        };
        let authority = address.authority().ok_or_else(wrong)?;
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        // A user's name and password belong into a header, which a caller can prepare.
        if host.is_empty() || authority.as_str().contains('@') {
            return Err(wrong());
        }
        let base = Uri::builder()
            .scheme(scheme)
            .authority(authority.clone())
            .path_and_query("/")
            .build()
            .map_err(|_| wrong())?;
        Ok(Self {
            base,
            host,
            port: authority.port_u16().unwrap_or(usual),
            roots,
            version: Version::Http1,
        })
    }

    /// The same with certificates from elsewhere; of no effect in clear.
    #[must_use]
    pub fn trusting(mut self, roots: Roots) -> Self {
        self.roots = self.roots.map(|_| roots);
        self
    }

    /// The same in another version of HTTP.
    #[must_use]
    pub const fn speaking(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// Its addresses.
    pub(crate) async fn resolve(&self) -> Result<Vec<SocketAddr>, LoadError> {
        let host = || self.host.clone();
        let addresses: Vec<_> = tokio::net::lookup_host((self.host.as_str(), self.port))
            .await
            .map_err(|source| LoadError::Resolve {
                host: host(),
                source,
            })?
            .collect();
        if addresses.is_empty() {
            return Err(LoadError::NoAddress { host: host() });
        }
        Ok(addresses)
    }

    /// Its name took too long to resolve.
    pub(crate) fn unresolved(&self) -> LoadError {
        LoadError::Resolve {
            host: self.host.clone(),
            source: io::ErrorKind::TimedOut.into(),
        }
    }

    /// What encrypts; none in clear. Reads files: ask once a run.
    pub(crate) fn tls(&self) -> Result<Option<Tls>, TargetError> {
        let Some(roots) = &self.roots else {
            return Ok(None);
        };
        let tls = |source| TargetError::Tls { source };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(tls)?
            .with_root_certificates(roots.read()?)
            .with_no_client_auth();
        config.alpn_protocols = vec![match self.version {
            Version::Http1 => b"http/1.1".to_vec(),
            Version::Http2 { .. } => b"h2".to_vec(),
        }];
        let name = ServerName::try_from(self.host.clone()).map_err(|_| TargetError::Address {
            address: self.base.to_string(),
        })?;
        Ok(Some(Tls {
            connector: TlsConnector::from(Arc::new(config)),
            name,
        }))
    }
}

/// What encrypts connections to a server.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) connector: TlsConnector,
    pub(crate) name: ServerName<'static>,
}

impl Roots {
    fn read(&self) -> Result<RootCertStore, TargetError> {
        let mut store = RootCertStore::empty();
        let place = match self {
            Self::Platform => {
                // Some that cannot be read are no harm as long as there are others.
                let found = rustls_native_certs::load_native_certs();
                store.add_parsable_certificates(found.certs);
                "this machine's store".to_owned()
            }
            Self::File(file) => {
                let unread = |source| TargetError::Certificates {
                    file: file.clone(),
                    source,
                };
                for certificate in CertificateDer::pem_file_iter(file).map_err(unread)? {
                    store
                        .add(certificate.map_err(unread)?)
                        .map_err(|source| TargetError::Tls { source })?;
                }
                file.display().to_string()
            }
        };
        if store.is_empty() {
            return Err(TargetError::NoCertificates { place });
        }
        Ok(store)
    }
}

/// What an error of TLS is in terms of the system's.
pub(crate) fn is_tls(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn an_address_has_scheme_and_host() {
        for wrong in [
            "/path",
            "ftp://host/",
            "host:80",
            "http://user:secret@host/",
        ] {
            let said = Target::new(&wrong.parse().unwrap())
                .unwrap_err()
                .to_string();
            assert!(said.contains("http://HOST:PORT"), "{said}");
        }
        let target = Target::new(&"https://[::1]/a".parse().unwrap()).unwrap();
        assert_eq!((target.host.as_str(), target.port), ("::1", 443));
    }
}
