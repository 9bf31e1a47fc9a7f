//! The functions whose values follow from the run's seed.

use minijinja::{
    Environment, Error, ErrorKind,
    value::{Value, ValueKind},
};
use uuid::Builder;

use super::{
    Seeds,
    seeds::{Place, Stream},
};

const MAX_HEX: usize = 65_536;

/// Given and family names, plain ASCII: a name is no test of an app's character sets.
const GIVEN: [&str; 32] = [
    "Ada", "Alan", "Amara", "Anton", "Beatriz", "Carlos", "Chen", "Clara", "Daniel", "Edith",
    "Elif", "Farid", "Grace", "Hana", "Igor", "Ines", "Jamal", "Kofi", "Leila", "Linus", "Maya",
    "Nadia", "Olga", "Omar", "Priya", "Ravi", "Rosa", "Samuel", "Tomas", "Uma", "Vera", "Yuki",
];
const FAMILY: [&str; 32] = [
    "Abe",
    "Almeida",
    "Bauer",
    "Berg",
    "Castro",
    "Diallo",
    "Dubois",
    "Eriksen",
    "Farouk",
    "Fischer",
    "Garcia",
    "Haddad",
    "Hopper",
    "Ito",
    "Jansen",
    "Kaya",
    "Khan",
    "Kovacs",
    "Lindqvist",
    "Lovelace",
    "Mensah",
    "Moreau",
    "Nakamura",
    "Novak",
    "Okafor",
    "Petrov",
    "Rossi",
    "Santos",
    "Silva",
    "Singh",
    "Turing",
    "Wang",
];

pub(super) fn install(environment: &mut Environment<'static>, seeds: Seeds, place: &Place) {
    let stream = |function: &'static str| {
        let place = place.clone();
        move |key: &Value| -> Result<Stream, Error> {
            Ok(seeds.stream(&place, function, &key_text(key)?))
        }
    };
    let draw = stream("uuid");
    environment.add_function("uuid", move |key: Value| {
        draw(&key).map(|mut s| uuid(&mut s))
    });
    let draw = stream("int");
    environment.add_function("int", move |key: Value, low: i64, high: i64| {
        int(&mut draw(&key)?, low, high)
    });
    let draw = stream("hex");
    environment.add_function("hex", move |key: Value, length: usize| {
        hex(&mut draw(&key)?, length)
    });
    let draw = stream("word");
    environment.add_function("word", move |key: Value| {
        draw(&key).map(|mut s| word(&mut s))
    });
    let draw = stream("name");
    environment.add_function("name", move |key: Value| {
        draw(&key).map(|mut s| name(&mut s))
    });
    let draw = stream("email");
    environment.add_function("email", move |key: Value| {
        draw(&key).map(|mut s| email(&mut s))
    });
    let draw = stream("choice");
    environment.add_function("choice", move |key: Value, list: Vec<Value>| {
        choice(&mut draw(&key)?, &list)
    });
    let draw = stream("shuffle");
    environment.add_function("shuffle", move |key: Value, list: Vec<Value>| {
        draw(&key).map(|mut s| s.shuffle(list))
    });
}

/// Keys are texts or whole numbers; `1` and `'1'` are the same key.
fn key_text(key: &Value) -> Result<String, Error> {
    if key.kind() == ValueKind::String || key.is_integer() {
        Ok(key.to_string())
    } else {
        Err(invalid(format!(
            "a key is a text or a whole number, not {}",
            key.kind()
        )))
    }
}

fn invalid(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail.into())
}

fn uuid(stream: &mut Stream) -> String {
    Builder::from_random_bytes(stream.bytes())
        .into_uuid()
        .to_string()
}

fn int(stream: &mut Stream, low: i64, high: i64) -> Result<i64, Error> {
    if low > high {
        return Err(invalid(format!("{low} is above {high}")));
    }
    let offset = match high.abs_diff(low).checked_add(1) {
        Some(count) => stream.below(count),
        None => u64::from_be_bytes(stream.bytes()),
    };
    Ok(low.wrapping_add_unsigned(offset))
}

fn hex(stream: &mut Stream, length: usize) -> Result<String, Error> {
    if length > MAX_HEX {
        return Err(invalid(format!("at most {MAX_HEX} digits, not {length}")));
    }
    Ok((0..length)
        .map(|_| char::from(b"0123456789abcdef"[stream.place(16)]))
        .collect())
}

fn word(stream: &mut Stream) -> String {
    (0..8)
        .map(|_| char::from(b"abcdefghijklmnopqrstuvwxyz"[stream.place(26)]))
        .collect()
}

fn name(stream: &mut Stream) -> String {
    let given = GIVEN[stream.place(GIVEN.len())];
    let family = FAMILY[stream.place(FAMILY.len())];
    format!("{given} {family}")
}

/// In a domain that is reserved for examples (RFC 2606).
fn email(stream: &mut Stream) -> String {
    let given = GIVEN[stream.place(GIVEN.len())].to_ascii_lowercase();
    format!("{given}.{}@example.com", word(stream))
}

fn choice(stream: &mut Stream, list: &[Value]) -> Result<Value, Error> {
    if list.is_empty() {
        return Err(invalid("there is nothing to choose from an empty list"));
    }
    Ok(list[stream.place(list.len())].clone())
}
