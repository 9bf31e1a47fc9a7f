//! What `RUN --mount=` asks for. The builder that can be bounded knows no mounts; what they do for an
//! image is said in other words.

/// What is done in place of one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mount {
    /// Nothing: a cache may always be empty, and what is optional may be missing.
    Nothing,
    /// Files are copied, which stay.
    Copy {
        /// A stage or an image; none for the submission's files.
        from: Option<String>,
        source: String,
        target: String,
    },
}

impl Mount {
    /// What `type=bind,source=a,target=b` is; or why it cannot be had.
    pub(super) fn read(value: &str) -> Result<Self, String> {
        let mut kind = "bind";
        let (mut from, mut source, mut target) = (None, None, None);
        let mut is_required = false;
        for field in value.split(',') {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            match name {
                "type" => kind = value,
                "from" => from = Some(value.to_owned()),
                "source" | "src" => source = Some(value.to_owned()),
                "target" | "dst" | "destination" => target = Some(value.to_owned()),
                "required" => is_required = value != "false",
                _ => {}
            }
        }
        match kind {
            "secret" | "ssh" if is_required => Err(format!(
                "`--mount={value}` requires a {kind}, and a submission is given none"
            )),
            "cache" | "tmpfs" | "secret" | "ssh" => Ok(Self::Nothing),
            "bind" => Ok(Self::Copy {
                source: source.unwrap_or_else(|| from.as_ref().map_or(".", |_| "/").to_owned()),
                from,
                target: target.ok_or_else(|| format!("`--mount={value}` has no target"))?,
            }),
            _ => Err(format!("`--mount={value}` is of a kind that is not known")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mount_does_for_the_image_is_kept() {
        let copy = |from: Option<&str>, source: &str, target: &str| {
            Ok(Mount::Copy {
                from: from.map(str::to_owned),
                source: source.to_owned(),
                target: target.to_owned(),
            })
        };
        for (value, expected) in [
            ("type=cache,target=/root/.npm", Ok(Mount::Nothing)),
            ("type=tmpfs,target=/x", Ok(Mount::Nothing)),
            ("type=secret,id=a", Ok(Mount::Nothing)),
            ("type=ssh,required=false", Ok(Mount::Nothing)),
            (
                "type=bind,source=a.json,target=b.json",
                copy(None, "a.json", "b.json"),
            ),
            ("src=a,dst=/b,rw", copy(None, "a", "/b")),
            ("type=bind,target=.", copy(None, ".", ".")),
            (
                "type=bind,from=build,target=/b",
                copy(Some("build"), "/", "/b"),
            ),
        ] {
            assert_eq!(Mount::read(value), expected, "{value}");
        }
        for (value, part) in [
            ("type=secret,id=a,required=true", "requires a secret"),
            ("type=ssh,required", "requires a ssh"),
            ("type=bind,source=a", "no target"),
            ("type=volume,target=/a", "not known"),
        ] {
            let why = Mount::read(value).unwrap_err();
            assert!(why.contains(part), "{why}");
        }
    }
}
