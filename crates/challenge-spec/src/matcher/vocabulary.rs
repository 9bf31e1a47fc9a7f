/// The names of all matchers, as they are written.
pub const MATCHERS: &[&str] = &[
    "$absent",
    "$all",
    "$any",
    "$contains",
    "$each",
    "$exact",
    "$format",
    "$length",
    "$not",
    "$one_of",
    "$range",
    "$regex",
    "$sorted",
    "$type",
    "$unique",
    "$unordered",
];

/// A type of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonType {
    /// A string.
    String,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list.
    Array,
    /// An object.
    Object,
    /// `null`.
    Null,
}

/// A form that a string may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A UUID with hyphens, any version.
    Uuid,
    /// A date and time with an offset (RFC 3339).
    DateTime,
    /// A date, `2026-11-24`.
    Date,
    /// An address of e-mail.
    Email,
    /// An absolute URI.
    Uri,
}

/// Which way a list is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The smallest first.
    #[default]
    Ascending,
    /// The greatest first.
    Descending,
}

impl JsonType {
    pub(super) const NAMES: &[&str] = &[
        "string", "integer", "number", "boolean", "array", "object", "null",
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "array" => Self::Array,
            "object" => Self::Object,
            "null" => Self::Null,
            _ => return None,
        })
    }

    /// The name as it is written after `$type`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
            Self::Null => "null",
        }
    }
}

impl Format {
    pub(super) const NAMES: &[&str] = &["uuid", "date-time", "date", "email", "uri"];

    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "uuid" => Self::Uuid,
            "date-time" => Self::DateTime,
            "date" => Self::Date,
            "email" => Self::Email,
            "uri" => Self::Uri,
            _ => return None,
        })
    }

    /// The name as it is written after `$format`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::DateTime => "date-time",
            Self::Date => "date",
            Self::Email => "email",
            Self::Uri => "uri",
        }
    }
}

impl Order {
    pub(super) const NAMES: &[&str] = &["asc", "desc"];

    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "asc" => Some(Self::Ascending),
            "desc" => Some(Self::Descending),
            _ => None,
        }
    }
}
