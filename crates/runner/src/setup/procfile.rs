//! A Procfile: `web` starts the app, `release` migrates, the others are not run.

use super::{MOST_BYTES, SetupMistake};

/// What of a Procfile is run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Procfile {
    pub(super) web: Option<String>,
    pub(super) release: Option<String>,
}

impl Procfile {
    pub(super) fn parse(text: &str) -> Result<Self, SetupMistake> {
        if text.len() > MOST_BYTES {
            let path = "Procfile";
            return Err(SetupMistake::TooLarge { path });
        }
        let mut procfile = Self::default();
        for (place, line) in text.lines().enumerate() {
            let mistake = |mistake| SetupMistake::Procfile {
                line: place + 1,
                mistake,
            };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((name, command)) = line.split_once(':').filter(|(name, _)| is_name(name))
            else {
                return Err(mistake("is no `NAME: COMMAND`"));
            };
            let command = command.trim();
            if command.is_empty() {
                return Err(mistake("has no command behind its name"));
            }
            if command.contains('\0') {
                return Err(mistake("has a zero byte"));
            }
            let slot = match name {
                "web" => &mut procfile.web,
                "release" => &mut procfile.release,
                _ => continue,
            };
            if slot.replace(command.to_owned()).is_some() {
                return Err(mistake("says again what an earlier line said"));
            }
        }
        Ok(procfile)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_and_release_are_taken_and_others_left() {
        let text = "# how it runs\r\n\nweb: FOO='a: b' node server.js --port $PORT\r\nworker: node worker.js\nrelease:./migrate\n";
        let procfile = Procfile::parse(text).unwrap();
        assert_eq!(
            procfile.web.as_deref(),
            Some("FOO='a: b' node server.js --port $PORT")
        );
        assert_eq!(procfile.release.as_deref(), Some("./migrate"));
        assert_eq!(Procfile::parse("").unwrap(), Procfile::default());
    }

    #[test]
    fn mistakes_name_their_line() {
        for (text, expected) in [
            (
                "web: a\nnode server.js\n",
                "line 2 of the Procfile is no `NAME: COMMAND`",
            ),
            (
                "web:\n",
                "line 1 of the Procfile has no command behind its name",
            ),
            ("w b: a\n", "line 1 of the Procfile is no `NAME: COMMAND`"),
            (
                "web: a\n\nweb: b\n",
                "line 3 of the Procfile says again what an earlier line said",
            ),
            ("web: a\0b\n", "line 1 of the Procfile has a zero byte"),
        ] {
            assert_eq!(Procfile::parse(text).unwrap_err().to_string(), expected);
        }
    }
}
