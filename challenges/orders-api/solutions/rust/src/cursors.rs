//! The texts that lead to the next page. They are signed together with the list that they belong
//! to, so that no others are taken.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::{Problem, Result},
    signing::Key,
};

#[derive(Clone)]
pub struct Cursors(Key);

impl Cursors {
    /// With a key of their own, so that no cursor is ever a part of a token.
    pub fn new(secret: &str) -> Self {
        Self(Key::new(&Key::new(secret.as_bytes()).sign(b"cursors")))
    }

    /// The cursor behind a position in a list. The list is anything that tells it from others, by
    /// its filters and its sort.
    pub fn seal(&self, list: &impl Serialize, position: &impl Serialize) -> Result<String> {
        let position = serde_json::to_string(position)?;
        let signature = self.0.sign(&message(list, &position)?);
        let [signature, position] =
            [&signature[..], position.as_bytes()].map(|part| URL_SAFE_NO_PAD.encode(part));
        Ok(format!("{signature}.{position}"))
    }

    pub fn open<P: DeserializeOwned>(&self, list: &impl Serialize, cursor: &str) -> Result<P> {
        let (signature, position) = split(cursor).ok_or_else(foreign)?;
        if !self.0.has_signed(&message(list, &position)?, &signature) {
            return Err(foreign().into());
        }
        Ok(serde_json::from_str(&position)?)
    }
}

fn split(cursor: &str) -> Option<(Vec<u8>, String)> {
    let (signature, position) = cursor.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let position = URL_SAFE_NO_PAD.decode(position).ok()?;
    Some((signature, String::from_utf8(position).ok()?))
}

/// A list of both, so that it can be read in one way only.
fn message(list: &impl Serialize, position: &str) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(&(list, position))?)
}

fn foreign() -> Problem {
    Problem::invalid(
        "The parameter cursor has to be the next_cursor of a page with the same filters and sort.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_in_its_own_list_only() {
        let cursors = Cursors::new("secret");
        let cursor = cursors.seal(&"by price", &17).unwrap();
        assert_eq!(cursors.open::<i64>(&"by price", &cursor).unwrap(), 17);

        let other = Cursors::new("other").seal(&"by price", &17).unwrap();
        let cut = &cursor[..cursor.len() - 1];
        for (list, cursor) in [
            ("by sku", &*cursor),
            ("by price", &other),
            ("by price", cut),
            ("by price", ""),
        ] {
            assert!(
                cursors.open::<i64>(&list, cursor).is_err(),
                "{list} {cursor}"
            );
        }
    }
}
