//! Which user a submission runs as: never root.
//!
//! The image may name a user of its own, to whom its files belong. A name means nothing before the
//! image's `/etc/passwd` is read: any name may stand for root there. So a name is looked up by us, and
//! the container is given the numbers.

use std::{fmt, io::Read as _};

use bollard::{models::ContainerCreateBody, query_parameters::DownloadFromContainerOptionsBuilder};
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::docker::{SandboxError, site::Site};

const PASSWD: &str = "/etc/passwd";
const ROLE: &str = "app-user";
/// In bytes; far more than an image's own users take.
const PASSWD_SIZE: usize = 256 * 1024;

/// Numbers of a user and its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct User {
    id: u32,
    group: u32,
}

impl Default for User {
    /// Of no image's own, and the owner of nothing.
    fn default() -> Self {
        Self {
            id: 10_001,
            group: 10_001,
        }
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.id, self.group)
    }
}

impl User {
    /// The user that an image asks for, unless that is root; in the inner error, why its name stands
    /// for nobody.
    pub(super) async fn of_image(
        site: &Site,
        image: &str,
        asked: Option<&str>,
    ) -> Result<Result<Self, String>, SandboxError> {
        let asked = asked.unwrap_or_default();
        let name = asked.split(':').next().unwrap_or_default();
        if let Some(user) = Self::of_numbers(asked) {
            return Ok(Ok(user));
        }
        let passwd = read_passwd(site, image).await?;
        Ok(Self::of_passwd(&passwd, name).ok_or_else(|| {
            format!("it could not be started: its user `{name}` is not in the image's {PASSWD}")
        }))
    }

    /// Of `UID`, `UID:GID`, `UID:GROUP` or nothing; none for a name.
    fn of_numbers(asked: &str) -> Option<Self> {
        let (id, group) = asked.split_once(':').unwrap_or((asked, ""));
        if id.is_empty() || id == "root" {
            return Some(Self::default());
        }
        let id = id.parse().ok()?;
        Some(Self::unless_root(id, group.parse().ok()))
    }

    fn of_passwd(passwd: &str, name: &str) -> Option<Self> {
        let fields = passwd
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|fields| fields.first() == Some(&name))?;
        let id = fields.get(2)?.parse().ok()?;
        Some(Self::unless_root(id, fields.get(3)?.parse().ok()))
    }

    /// Where no group is known, one of the user's own number; never root's.
    fn unless_root(id: u32, group: Option<u32>) -> Self {
        if id == 0 {
            return Self::default();
        }
        let group = group.filter(|&group| group != 0).unwrap_or(id);
        Self { id, group }
    }
}

/// Reads the file through a container that is never started.
async fn read_passwd(site: &Site, image: &str) -> Result<String, SandboxError> {
    let body = ContainerCreateBody {
        image: Some(image.to_owned()),
        entrypoint: Some(Vec::new()),
        cmd: Some(vec!["-".to_owned()]),
        ..Default::default()
    };
    let container = site.make_container(ROLE, body).await?;
    let options = DownloadFromContainerOptionsBuilder::new()
        .path(PASSWD)
        .build();
    let archive = site
        .docker()
        .download_from_container(&container, Some(options))
        // A tar archive holds a header before the file and padding after it.
        .scan(0, |read, piece| {
            let go_on = *read <= PASSWD_SIZE;
            *read += piece.as_ref().map_or(0, bytes::Bytes::len);
            std::future::ready(go_on.then_some(piece))
        })
        .try_fold(Vec::new(), |mut all, piece| async move {
            all.extend_from_slice(&piece);
            Ok(all)
        })
        .await;
    match archive {
        Ok(archive) => Ok(first_file(&archive)),
        // An image without the file knows no names.
        Err(bollard::errors::Error::DockerResponseServerError {
            status_code: 404, ..
        }) => Ok(String::new()),
        Err(source) => Err(SandboxError::ReadImage {
            role: "app".to_owned(),
            path: PASSWD.to_owned(),
            source,
        }),
    }
}

/// Empty where there is no such file or it does not end within the bytes.
fn first_file(archive: &[u8]) -> String {
    let mut text = Vec::new();
    let mut archive = tar::Archive::new(archive);
    let first = archive.entries().ok().and_then(|mut all| all.next());
    if let Some(Ok(mut file)) = first {
        let whole = file.size();
        // An archive that is cut off ends without an error.
        let read = file.read_to_end(&mut text);
        if read.ok().and_then(|read| u64::try_from(read).ok()) != Some(whole) {
            text.clear();
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_never_taken_under_any_name_or_number() {
        for asked in [
            "",
            "0",
            "root",
            "0:0",
            "root:root",
            "00",
            "0:7",
            "+0",
            "root:5",
        ] {
            let user = User::of_numbers(asked).unwrap();
            assert_eq!(user, User::default(), "{asked}");
        }
        let passwd = "root:x:0:0:::\nbackdoor:x:0:0:::\nweird:x:000:5:::\n";
        for name in ["root", "backdoor", "weird"] {
            assert_eq!(User::of_passwd(passwd, name), Some(User::default()));
        }
    }

    #[test]
    fn a_user_of_the_images_own_is_kept_without_roots_group() {
        assert_eq!(User::of_numbers("1000").unwrap().to_string(), "1000:1000");
        assert_eq!(User::of_numbers("1000:50").unwrap().to_string(), "1000:50");
        assert_eq!(User::of_numbers("1000:0").unwrap().to_string(), "1000:1000");
        assert_eq!(
            User::of_numbers("1000:web").unwrap().to_string(),
            "1000:1000"
        );
        assert_eq!(User::of_numbers("app"), None);
        let passwd = "root:x:0:0:::\napp:x:1000:100:::\nbroken:x\nhuge:x:99999999999:1:::\n";
        assert_eq!(
            User::of_passwd(passwd, "app").unwrap().to_string(),
            "1000:100"
        );
        for name in ["ap", "broken", "huge", "nobody-at-all"] {
            assert_eq!(User::of_passwd(passwd, name), None, "{name}");
        }
    }

    #[test]
    fn an_archive_cut_off_is_read_as_nothing() {
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        let text = "app:x:1000:1000:::\n".repeat(100);
        header.set_size(text.len() as u64);
        archive
            .append_data(&mut header, "passwd", text.as_bytes())
            .unwrap();
        let archive = archive.into_inner().unwrap();
        assert_eq!(first_file(&archive), text);
        assert_eq!(first_file(&archive[..1000]), "");
        assert_eq!(first_file(b""), "");
    }
}
