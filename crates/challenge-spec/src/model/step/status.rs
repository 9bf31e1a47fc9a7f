use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, de};

/// One status or a whole class of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusClass {
    /// One status, 100 to 599.
    Exactly(u16),
    /// The hundreds digit, 1 to 5.
    Hundreds(u16),
}

/// The statuses that an answer may have; never empty. In YAML `201`, `2xx`, or a list of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusSet(Vec<StatusClass>);

impl StatusClass {
    /// Reads `201` or `2xx`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(digit) = text.strip_suffix("xx") {
            let hundreds = digit.parse().ok()?;
            return (1..=5)
                .contains(&hundreds)
                .then_some(Self::Hundreds(hundreds));
        }
        let status = text.parse().ok()?;
        (100..=599)
            .contains(&status)
            .then_some(Self::Exactly(status))
    }

    /// Whether `status` is in it.
    pub fn contains(self, status: u16) -> bool {
        match self {
            Self::Exactly(one) => one == status,
            Self::Hundreds(hundreds) => status / 100 == hundreds,
        }
    }
}

impl StatusSet {
    /// Whether `status` is in it.
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|class| class.contains(status))
    }
}

impl fmt::Display for StatusClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(status) => write!(f, "{status}"),
            Self::Hundreds(hundreds) => write!(f, "{hundreds}xx"),
        }
    }
}

impl fmt::Display for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, class) in self.0.iter().enumerate() {
            let glue = if place == 0 { "" } else { " or " };
            write!(f, "{glue}{class}")?;
        }
        Ok(())
    }
}

impl Serialize for StatusClass {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exactly(status) => serializer.serialize_u16(*status),
            Self::Hundreds(_) => serializer.collect_str(self),
        }
    }
}

impl Serialize for StatusSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            many => many.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for StatusClass {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = StatusClass;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status from 100 to 599 or a class such as 2xx")
            }

            fn visit_u64<E: de::Error>(self, status: u64) -> Result<StatusClass, E> {
                self.visit_str(&status.to_string())
            }

            fn visit_i64<E: de::Error>(self, status: i64) -> Result<StatusClass, E> {
                self.visit_str(&status.to_string())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<StatusClass, E> {
                StatusClass::parse(text)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl<'de> Deserialize<'de> for StatusSet {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let one_or_many = serde_json::Value::deserialize(deserializer)?;
        let many = match one_or_many {
            serde_json::Value::Array(many) => many,
            one => vec![one],
        };
        if many.is_empty() {
            return Err(de::Error::custom("a list of statuses needs at least one"));
        }
        many.into_iter()
            .map(|one| StatusClass::deserialize(one).map_err(de::Error::custom))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl JsonSchema for StatusClass {
    fn schema_name() -> Cow<'static, str> {
        "StatusClass".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A status, or a class of them such as 2xx.",
            "anyOf": [
                { "type": "integer", "minimum": 100, "maximum": 599 },
                { "type": "string", "pattern": "^([1-5]xx|[1-5][0-9][0-9])$" },
            ],
        })
    }
}

impl JsonSchema for StatusSet {
    fn schema_name() -> Cow<'static, str> {
        "StatusSet".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let class = generator.subschema_for::<StatusClass>();
        json_schema!({
            "description": "A status, a class of them such as 2xx, or a list of these.",
            "anyOf": [class, { "type": "array", "items": class, "minItems": 1 }],
        })
    }
}
