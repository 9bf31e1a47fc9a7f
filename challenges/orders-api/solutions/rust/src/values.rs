//! Values that keep the rules of the API: once there is one, nobody has to look again.

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Unexpected, Visitor},
};

pub const MAX_PRICE_CENTS: i64 = 100_000_000;
/// What admins may set; what orders give back may lead above it.
pub const MAX_STOCK: i64 = 1_000_000;
const MAX_SKU: usize = 64;
const MAX_NAME: usize = 200;

pub type PriceCents = Integer<0, MAX_PRICE_CENTS>;
pub type Stock = Integer<0, MAX_STOCK>;
pub type StockChange = Integer<{ -MAX_STOCK }, MAX_STOCK>;
pub type Quantity = Integer<1, 100>;

/// An integer within bounds, both included.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Integer<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Integer<MIN, MAX> {
    pub fn get(self) -> i64 {
        self.0
    }
}

/// A JSON number, and no text that looks like one.
impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Integer<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(IntegerVisitor)
    }
}

struct IntegerVisitor<const MIN: i64, const MAX: i64>;

impl<const MIN: i64, const MAX: i64> Visitor<'_> for IntegerVisitor<MIN, MAX> {
    type Value = Integer<MIN, MAX>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an integer from {MIN} to {MAX}")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        if (MIN..=MAX).contains(&value) {
            Ok(Integer(value))
        } else {
            Err(E::invalid_value(Unexpected::Signed(value), &self))
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => Err(E::invalid_value(Unexpected::Unsigned(value), &self)),
        }
    }
}

/// A parameter.
impl<const MIN: i64, const MAX: i64> FromStr for Integer<MIN, MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(value) if (MIN..=MAX).contains(&value) && !text.starts_with('+') => Ok(Self(value)),
            _ => Err(format!("an integer from {MIN} to {MAX} is needed")),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Sku(String);

impl TryFrom<String> for Sku {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_sku = (1..=MAX_SKU).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if is_sku {
            Ok(Self(text))
        } else {
            Err(format!(
                "a sku has 1 to {MAX_SKU} letters, digits, dots, underscores and hyphens"
            ))
        }
    }
}

impl Sku {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A product's name, or a part of one to search for.
#[derive(Debug, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct Name(String);

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if (1..=MAX_NAME).contains(&text.chars().count()) && !text.contains('\0') {
            Ok(Self(text))
        } else {
            Err(format!(
                "1 to {MAX_NAME} characters are needed, none of them U+0000"
            ))
        }
    }
}

impl Name {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_measured_in_characters() {
        assert!(Name::try_from("🍵".repeat(MAX_NAME)).is_ok());
        assert!(Name::try_from("x".repeat(MAX_NAME + 1)).is_err());
        assert!(Name::try_from(String::new()).is_err());
        assert!(Name::try_from("a\0b".to_owned()).is_err());
    }

    #[test]
    fn skus_are_of_few_characters() {
        assert!(Sku::try_from("A-z_0.9".to_owned()).is_ok());
        for text in ["", "a b", "ä", "a/b", &"x".repeat(MAX_SKU + 1)] {
            assert!(Sku::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn parameters_are_plain_integers() {
        assert_eq!("7".parse::<Quantity>().unwrap().get(), 7);
        for text in [
            "",
            "0",
            "101",
            "+7",
            "7.0",
            " 7",
            "seven",
            "99999999999999999999",
        ] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
    }
}
