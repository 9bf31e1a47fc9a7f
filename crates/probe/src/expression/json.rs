//! Between JSON and minijinja's values, without loss.

use minijinja::value::{Value as Live, ValueKind};
use serde_json::{Map, Number, Value};

use super::{MAX_TEXT, RenderReason};

/// As deep as `serde_json` reads.
const MAX_DEPTH: usize = 128;

pub(super) fn live(json: &Value) -> Live {
    match json {
        Value::Null => Live::from(()),
        Value::Bool(truth) => Live::from(*truth),
        Value::Number(number) => live_number(number),
        Value::String(text) => Live::from(text.as_str()),
        Value::Array(items) => items.iter().map(live).collect(),
        Value::Object(fields) => Live::from_pairs(
            fields
                .iter()
                .map(|(key, value)| (key.as_str(), live(value))),
        ),
    }
}

fn live_number(number: &Number) -> Live {
    if let Some(whole) = number.as_i64() {
        Live::from(whole)
    } else if let Some(whole) = number.as_u64() {
        Live::from(whole)
    } else {
        Live::from(number.as_f64().unwrap_or(f64::NAN))
    }
}

pub(super) fn json(live: &Live) -> Result<Value, RenderReason> {
    json_at(live, 0)
}

fn json_at(live: &Live, depth: usize) -> Result<Value, RenderReason> {
    if depth > MAX_DEPTH {
        return Err(RenderReason::TooDeep(MAX_DEPTH));
    }
    match live.kind() {
        ValueKind::Undefined => Err(RenderReason::Undefined),
        ValueKind::None => Ok(Value::Null),
        ValueKind::Bool => Ok(Value::Bool(live.is_true())),
        ValueKind::Number => number(live).map(Value::Number),
        ValueKind::String => {
            let text = live.as_str().unwrap_or_default();
            bounded(text.len())?;
            Ok(Value::String(text.to_owned()))
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let mut items = Vec::new();
            for item in live.try_iter()?.checked() {
                items.push(json_at(&item?, depth + 1)?);
            }
            Ok(Value::Array(items))
        }
        ValueKind::Map => {
            let mut fields = Map::new();
            for key in live.try_iter()?.checked() {
                let key = key?;
                let name = key
                    .as_str()
                    .ok_or(RenderReason::NotJson("a mapping whose keys are no texts"))?;
                fields.insert(name.to_owned(), json_at(&live.get_item(&key)?, depth + 1)?);
            }
            Ok(Value::Object(fields))
        }
        ValueKind::Bytes => Err(RenderReason::NotJson("bytes")),
        _ => Err(RenderReason::NotJson("a function or another inner value")),
    }
}

fn number(live: &Live) -> Result<Number, RenderReason> {
    if live.is_integer() {
        let whole = i128::try_from(live.clone())
            .map_err(|_| RenderReason::NotJson("a whole number beyond 64 bits"))?;
        i64::try_from(whole)
            .map(Number::from)
            .or_else(|_| u64::try_from(whole).map(Number::from))
            .map_err(|_| RenderReason::NotJson("a whole number beyond 64 bits"))
    } else {
        f64::try_from(live.clone())
            .ok()
            .and_then(Number::from_f64)
            .ok_or(RenderReason::NotJson("no finite number"))
    }
}

pub(super) const fn bounded(length: usize) -> Result<(), RenderReason> {
    if length > MAX_TEXT {
        Err(RenderReason::TooLong(length))
    } else {
        Ok(())
    }
}

/// A value inside a text or a header: texts as they are, anything else as JSON.
pub(super) fn text(json: &Value) -> String {
    match json {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
