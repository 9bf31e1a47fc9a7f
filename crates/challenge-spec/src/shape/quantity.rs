use crate::{
    model::{ByteSize, Duration, StatusClass},
    suggestion,
    yaml::{Node, Tree},
};

/// A text that is no quantity of its kind.
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) label: String,
    pub(super) help: Option<String>,
}

/// Types that read a text of their own have their own sentence for one that they cannot read.
pub(super) fn mistake(name: Option<&str>, node: &Node) -> Option<Mistake> {
    let Tree::Text(text) = &node.tree else {
        return None;
    };
    match name? {
        "Duration" => unit(
            text,
            Duration::parse(text).is_err(),
            "a time",
            "250ms, 10s or 2m",
            &["ms", "s", "m"],
        ),
        "ByteSize" => unit(
            text,
            ByteSize::parse(text).is_err(),
            "a size",
            "512KiB, 64MiB or 2GiB",
            &["KiB", "MiB", "GiB", "B"],
        ),
        "StatusClass" => StatusClass::parse(text).is_none().then(|| Mistake {
            message: format!("`{text}` is no status and no class of statuses"),
            label: "expected a status".to_owned(),
            help: Some("write a status such as 201, or a class such as 2xx".to_owned()),
        }),
        _ => None,
    }
}

fn unit(
    text: &str,
    is_wrong: bool,
    what: &str,
    examples: &str,
    units: &[&'static str],
) -> Option<Mistake> {
    if !is_wrong {
        return None;
    }
    let (number, rest) = text.split_at(
        text.find(|character: char| !character.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let meant = unit_meant(rest.trim(), units).filter(|_| !number.is_empty());
    let guess = meant.filter(|meant| *meant != rest);
    let help = match guess {
        Some(unit) => format!("did you mean `{number}{unit}`?"),
        None => format!("write a whole number and a unit, such as {examples}"),
    };
    Some(Mistake {
        message: format!("`{text}` is not {what}"),
        label: format!("expected {what} such as {examples}"),
        help: Some(help),
    })
}

/// The unit that was probably meant by `sec`, `minutes`, `MB`, `gb` and the like.
fn unit_meant<'a>(written: &str, units: &[&'a str]) -> Option<&'a str> {
    let lower = written.to_lowercase();
    let long = match lower.as_str() {
        "sec" | "secs" | "second" | "seconds" => Some("s"),
        "min" | "mins" | "minute" | "minutes" => Some("m"),
        "msec" | "msecs" | "millisecond" | "milliseconds" => Some("ms"),
        "k" | "kb" => Some("KiB"),
        "m" | "mb" => Some("MiB"),
        "g" | "gb" => Some("GiB"),
        _ => None,
    };
    let known = |name: &str| units.iter().copied().find(|unit| *unit == name);
    long.and_then(known)
        .or_else(|| known(written))
        .or_else(|| {
            units
                .iter()
                .copied()
                .find(|unit| unit.to_lowercase() == lower)
        })
        .or_else(|| suggestion::nearest(written, units.iter().copied()))
}
