//! Where the container engine is, found as Docker's own program finds it: `DOCKER_HOST`, else the
//! context that `DOCKER_CONTEXT` or `docker context use` names
//! (<https://docs.docker.com/engine/manage-resources/contexts/>), else a local socket.

use std::{
    fs, io,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::snapshot::hex;

/// Where an engine of the whole machine is.
const LOCAL_SOCKET: &str = "/var/run/docker.sock";

/// That of a `DOCKER_HOST` or a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// `unix://`, `tcp://`, `https://` or `ssh://`.
    pub(super) host: String,
    /// The folder of `ca.pem`, `cert.pem` and `key.pem`, where TLS is spoken.
    pub(super) certificates: Option<PathBuf>,
}

/// Why a context says no address.
#[derive(Debug, thiserror::Error)]
pub(super) enum ContextError {
    #[error("there is no such context; `docker context ls` names those that there are")]
    Missing,
    #[error("{path} cannot be read")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{path} is not understood")]
    NotUnderstood {
        path: PathBuf,
        source: serde_json::Error,
    },
}

/// A context that says no address: its name, and why.
pub(super) type NoAddress = (String, ContextError);

/// What says where it is.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// `DOCKER_HOST`.
    host: Option<String>,
    /// `DOCKER_TLS_VERIFY`.
    tls: bool,
    /// `DOCKER_CERT_PATH`.
    certificates: Option<PathBuf>,
    /// `DOCKER_CONTEXT`.
    context: Option<String>,
    /// `DOCKER_CONFIG`, else `~/.docker`.
    config: Option<PathBuf>,
    /// Sockets of engines, the first one that is there and may be used counts.
    sockets: Vec<PathBuf>,
}

impl Surroundings {
    pub(super) fn of_environment() -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let text = |name| set(name).and_then(|value| value.into_string().ok());
        let home = set("HOME").map(PathBuf::from);
        let at_home = |path: &str| home.as_ref().map(|home| home.join(path));
        let rootless = set("XDG_RUNTIME_DIR").map(|dir| PathBuf::from(dir).join("docker.sock"));
        // Docker Desktop on macOS and on Linux.
        let desktop = [".docker/run/docker.sock", ".docker/desktop/docker.sock"].map(at_home);
        let sockets = [Some(PathBuf::from(LOCAL_SOCKET)), rootless];
        Self {
            host: text("DOCKER_HOST"),
            tls: set("DOCKER_TLS_VERIFY").is_some(),
            certificates: set("DOCKER_CERT_PATH").map(PathBuf::from),
            context: text("DOCKER_CONTEXT"),
            config: set("DOCKER_CONFIG")
                .map(PathBuf::from)
                .or_else(|| at_home(".docker")),
            sockets: sockets.into_iter().chain(desktop).flatten().collect(),
        }
    }

    pub(super) fn address(&self) -> Result<Address, NoAddress> {
        if let Some(host) = &self.host {
            return Ok(Address {
                host: host.clone(),
                certificates: self.certificates_for(host),
            });
        }
        match self.context()? {
            Some(context) => self.of_context(&context).map_err(|why| (context, why)),
            None => Ok(self.of_socket()),
        }
    }

    fn certificates_for(&self, host: &str) -> Option<PathBuf> {
        let is_remote = ["tcp://", "http://", "https://"]
            .iter()
            .any(|scheme| host.starts_with(scheme));
        let folder = || self.certificates.clone().or_else(|| self.config.clone());
        (is_remote && (self.tls || host.starts_with("https://")))
            .then(folder)
            .flatten()
    }

    /// The name of the one that is in use, unless it is the usual one, which is no context.
    fn context(&self) -> Result<Option<String>, NoAddress> {
        #[derive(Deserialize)]
        struct Config {
            #[serde(rename = "currentContext")]
            context: Option<String>,
        }
        let named = match (&self.context, &self.config) {
            (Some(context), _) => Some(context.clone()),
            (None, Some(folder)) => {
                let read = read::<Config>(&folder.join("config.json"));
                let config = read.map_err(|why| ("default".to_owned(), why))?;
                config.and_then(|config| config.context)
            }
            (None, None) => None,
        };
        Ok(named.filter(|name| !name.is_empty() && name != "default"))
    }

    fn of_context(&self, name: &str) -> Result<Address, ContextError> {
        #[derive(Deserialize)]
        struct Meta {
            #[serde(rename = "Endpoints")]
            endpoints: Endpoints,
        }
        #[derive(Deserialize)]
        struct Endpoints {
            docker: Endpoint,
        }
        #[derive(Deserialize)]
        struct Endpoint {
            #[serde(rename = "Host")]
            host: String,
        }
        let contexts = self.config.as_ref().ok_or(ContextError::Missing)?;
        let contexts = contexts.join("contexts");
        let id = hex(&Sha256::digest(name));
        let meta: Option<Meta> = read(&contexts.join("meta").join(&id).join("meta.json"))?;
        let host = meta.ok_or(ContextError::Missing)?.endpoints.docker.host;
        let certificates = contexts.join("tls").join(id).join("docker");
        Ok(Address {
            host,
            certificates: certificates.is_dir().then_some(certificates),
        })
    }

    fn of_socket(&self) -> Address {
        let socket = first(&self.sockets, is_denied).unwrap_or(Path::new(LOCAL_SOCKET));
        Address {
            host: format!("unix://{}", socket.display()),
            certificates: None,
        }
    }
}

/// The first socket that is there and not denied to this user; where all are, the first one, which then
/// says so.
fn first(sockets: &[PathBuf], is_denied: impl Fn(&Path) -> bool) -> Option<&Path> {
    let there = || sockets.iter().map(PathBuf::as_path).filter(|s| s.exists());
    there().find(|s| !is_denied(s)).or_else(|| there().next())
}

/// As the machine's engine's is to whoever has an engine without root.
fn is_denied(socket: &Path) -> bool {
    let refused = UnixStream::connect(socket).err();
    refused.is_some_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
}

/// None where there is no file.
fn read<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Option<T>, ContextError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(ContextError::Unreadable {
                path: path.to_owned(),
                source,
            });
        }
    };
    let understood = serde_json::from_slice(&text);
    understood
        .map(Some)
        .map_err(|source| ContextError::NotUnderstood {
            path: path.to_owned(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `docker context create remote --docker host=ssh://x` and `docker context use remote` write it.
    fn config(current: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("config.json", &format!(r#"{{"auths": {{}}{current}}}"#));
        for (name, host) in [("remote", "ssh://x"), ("secured", "tcp://y:2376")] {
            let id = hex(&Sha256::digest(name));
            let meta = format!(
                r#"{{"Name": "{name}", "Metadata": {{}}, "Endpoints": {{"docker": {{"Host": "{host}", "SkipTLSVerify": false}}}}}}"#
            );
            write(&format!("contexts/meta/{id}/meta.json"), &meta);
        }
        let id = hex(&Sha256::digest("secured"));
        write(&format!("contexts/tls/{id}/docker/ca.pem"), "");
        folder
    }

    fn in_use(folder: &tempfile::TempDir) -> Surroundings {
        Surroundings {
            config: Some(folder.path().to_owned()),
            ..Surroundings::default()
        }
    }

    #[test]
    fn the_environment_comes_before_contexts_and_these_before_sockets() {
        let folder = config(r#", "currentContext": "remote""#);
        let current = in_use(&folder);
        assert_eq!(current.address().unwrap().host, "ssh://x");
        let named = Surroundings {
            context: Some("secured".to_owned()),
            ..in_use(&folder)
        };
        let address = named.address().unwrap();
        assert_eq!(address.host, "tcp://y:2376");
        assert!(address.certificates.unwrap().join("ca.pem").is_file());
        let usual = Surroundings {
            context: Some("default".to_owned()),
            ..in_use(&folder)
        };
        assert_eq!(usual.address().unwrap().host, "unix:///var/run/docker.sock");
        let host = Surroundings {
            host: Some("tcp://z:2375".to_owned()),
            context: Some("secured".to_owned()),
            ..in_use(&folder)
        };
        let expected = Address {
            host: "tcp://z:2375".to_owned(),
            certificates: None,
        };
        assert_eq!(host.address().unwrap(), expected);
    }

    #[test]
    fn tls_is_spoken_where_it_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        for (host, tls, expected) in [
            ("tcp://z:2376", true, true),
            ("https://z:2376", false, true),
            ("tcp://z:2375", false, false),
            ("unix:///z", true, false),
            ("ssh://z", true, false),
        ] {
            let address = Surroundings {
                host: Some(host.to_owned()),
                tls,
                ..in_use(&folder)
            }
            .address()
            .unwrap();
            assert_eq!(address.certificates.is_some(), expected, "{host}");
        }
    }

    #[test]
    fn the_first_socket_that_is_there_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("docker.sock");
        let sockets = vec![folder.path().join("none"), there.clone()];
        let surroundings = Surroundings {
            sockets,
            ..Surroundings::default()
        };
        let usual = surroundings.address().unwrap().host;
        assert_eq!(usual, "unix:///var/run/docker.sock");
        fs::write(&there, "").unwrap();
        let found = surroundings.address().unwrap().host;
        assert_eq!(found, format!("unix://{}", there.display()));
    }

    #[test]
    fn a_socket_that_is_denied_gives_way_to_one_that_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let sockets = ["machine", "own"].map(|name| folder.path().join(name));
        for socket in &sockets {
            fs::write(socket, "").unwrap();
        }
        let machines = |socket: &Path| socket.ends_with("machine");
        assert_eq!(first(&sockets, machines), Some(&*sockets[1]));
        assert_eq!(first(&sockets, |_| false), Some(&*sockets[0]));
        assert_eq!(first(&sockets, |_| true), Some(&*sockets[0]));
        assert_eq!(first(&[], |_| false), None);
    }

    #[test]
    fn a_context_that_cannot_be_used_is_named() {
        let folder = config(r#", "currentContext": "gone""#);
        let (name, why) = in_use(&folder).address().unwrap_err();
        assert_eq!(name, "gone");
        assert!(matches!(why, ContextError::Missing));
        fs::write(folder.path().join("config.json"), "{").unwrap();
        let (_, why) = in_use(&folder).address().unwrap_err();
        assert!(
            why.to_string().contains("config.json is not understood"),
            "{why}"
        );
    }
}
