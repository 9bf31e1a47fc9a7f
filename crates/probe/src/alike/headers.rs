//! Headers that an author wants compared.

use super::{Comparison, said};

/// Their values are of one's own choosing: that they are there is all that can be compared.
const OPAQUE: [&str; 4] = ["etag", "date", "last-modified", "expires"];
/// Addresses, which may have ids in them.
const ADDRESSES: [&str; 3] = ["location", "content-location", "link"];

impl Comparison<'_, '_> {
    pub(super) fn header(&mut self, name: &str, ours: Option<&str>, theirs: Option<&str>) {
        let at = format!("header {name}");
        let name = name.to_ascii_lowercase();
        let (our, their) = match (ours, theirs) {
            (Some(our), Some(their)) => (our, their),
            (None, None) => return,
            _ => {
                let (our, their) = (ours.unwrap_or_default(), theirs.unwrap_or_default());
                self.tell(&at, said(their), said(our));
                return;
            }
        };
        let alike = if OPAQUE.contains(&name.as_str()) {
            true
        } else if ADDRESSES.contains(&name.as_str()) {
            self.addresses(&at, our, their)
        } else {
            our == their
        };
        if !alike {
            self.tell(&at, their.to_owned(), our.to_owned());
        }
    }

    /// Part by part; an address may be written with or without its host.
    fn addresses(&mut self, at: &str, our: &str, their: &str) -> bool {
        let (our, their) = (parts(our), parts(their));
        let place = format!("{} {at}", self.operation);
        our.len() == their.len()
            && our
                .iter()
                .zip(&their)
                .all(|(our, their)| self.alike.pairs.parts(&place, our, their))
    }
}

fn parts(address: &str) -> Vec<&str> {
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => address,
    };
    path.split(['/', '?', '&', '=']).collect()
}
