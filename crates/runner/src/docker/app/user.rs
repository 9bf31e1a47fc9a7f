//! Which user a submission runs as: never root.
//!
//! The image may name a user of its own, to whom its files belong. A name means nothing before the
//! image's `/etc/passwd` is read: any name may stand for root there. So a name is looked up by us, and
//! the container is given the numbers.

use std::fmt;

use bollard::models::SystemInfo;

use crate::docker::{SandboxError, image_files, site::Site};

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
        // An image without the file knows no names.
        let passwd = image_files::read(site, ROLE, image, PASSWD, PASSWD_SIZE).await?;
        let passwd = passwd.concat();
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

/// Whether an engine has a part of all users only: its containers are in a user namespace, which knows
/// 65,536 as a rule.
pub(super) fn are_few(engine: &SystemInfo) -> bool {
    let mut options = engine.security_options.iter().flatten();
    options.any(|option| {
        let name = option.split(',').next();
        matches!(name, Some("name=rootless" | "name=userns"))
    })
}

/// Whether numbers of a user and its group are such that any other engine knows them.
pub(super) fn is_elsewhere(user: &str) -> bool {
    let mut numbers = user.split(':');
    numbers.all(|number| number.parse::<i32>().is_ok_and(|number| number >= 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_in_a_user_namespace_has_few_users() {
        let with = |option: &str| SystemInfo {
            security_options: Some(vec![
                "name=seccomp,profile=default".to_owned(),
                option.to_owned(),
            ]),
            ..Default::default()
        };
        assert!(are_few(&with("name=rootless")));
        assert!(are_few(&with("name=userns")));
        assert!(!are_few(&with("name=cgroupns")));
        assert!(!are_few(&SystemInfo::default()));
    }

    /// What no engine knows is no engine's lack, and would else cost a submission nothing.
    #[test]
    fn a_user_of_no_engine_is_the_submissions_doing() {
        assert!(is_elsewhere("100000:100000"));
        assert!(is_elsewhere("2147483647:1"));
        assert!(!is_elsewhere("2147483648:1"));
        assert!(!is_elsewhere("1:4294967295"));
        assert!(!is_elsewhere("app"));
        assert!(!is_elsewhere(""));
    }

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
}
