//! Matchers of lists.

use std::{cmp::Ordering, collections::HashMap};

use challenge_spec::matcher::{Matcher, Order};
use serde_json::Value;
use serde_json_path::JsonPath;

use super::{
    canonical, compare, describe,
    findings::{Findings, Place},
    matches, number, shown,
};

pub(super) fn item_by_item(
    matchers: &[Matcher],
    items: &[Value],
    place: &Place<'_>,
    out: &mut Findings,
) {
    length(matchers.len(), items.len(), place, out);
    for (index, (matcher, item)) in matchers.iter().zip(items).enumerate() {
        compare(matcher, Some(item), &place.index(index), out);
    }
}

pub(super) fn each(each: &Matcher, items: &[Value], place: &Place<'_>, out: &mut Findings) {
    for (index, item) in items.iter().enumerate() {
        if out.is_full() {
            break;
        }
        compare(each, Some(item), &place.index(index), out);
    }
}

fn length(wanted: usize, found: usize, place: &Place<'_>, out: &mut Findings) {
    if wanted != found {
        out.add_said(
            place,
            || format!("a list of {wanted}"),
            || format!("a list of {found}"),
        );
    }
}

/// Pairs each matcher with an item of its own (Kuhn's augmenting paths); the author's list bounds
/// the work.
pub(super) fn unordered(
    matchers: &[Matcher],
    items: &[Value],
    place: &Place<'_>,
    out: &mut Findings,
) {
    length(matchers.len(), items.len(), place, out);
    if matchers.len() != items.len() {
        return;
    }
    let fits: Vec<Vec<usize>> = matchers
        .iter()
        .map(|matcher| {
            let fit = |(index, item)| matches(matcher, Some(item)).then_some(index);
            items.iter().enumerate().filter_map(fit).collect()
        })
        .collect();
    let mut owner = vec![None; items.len()];
    let mut alone = Vec::new();
    for matcher in 0..matchers.len() {
        let mut tried = vec![false; items.len()];
        if !pair(matcher, &fits, &mut owner, &mut tried) {
            alone.push(matcher);
        }
    }
    let left = owner
        .iter()
        .enumerate()
        .filter(|(_, owner)| owner.is_none());
    for (matcher, (index, _)) in alone.into_iter().zip(left) {
        out.add(
            &place.index(index),
            || format!("in some place: {}", describe(&matchers[matcher])),
            Some(&items[index]),
        );
    }
}

fn pair(
    matcher: usize,
    fits: &[Vec<usize>],
    owner: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for &item in &fits[matcher] {
        if std::mem::replace(&mut tried[item], true) {
            continue;
        }
        let free = match owner[item] {
            None => true,
            Some(other) => pair(other, fits, owner, tried),
        };
        if free {
            owner[item] = Some(matcher);
            return true;
        }
    }
    false
}

pub(super) fn sorted(
    by: Option<&JsonPath>,
    order: Order,
    items: &[Value],
    place: &Place<'_>,
    out: &mut Findings,
) {
    let wrong = match order {
        Order::Ascending => Ordering::Greater,
        Order::Descending => Ordering::Less,
    };
    let mut before: Option<&Value> = None;
    for (index, item) in items.iter().enumerate() {
        if out.is_full() {
            return;
        }
        let Some(value) = keyed(by, item) else {
            let by = by.map(ToString::to_string).unwrap_or_default();
            out.add(
                &place.index(index),
                || format!("a value at {by}"),
                Some(item),
            );
            continue;
        };
        if let Some(before) = before {
            match ordering(before, value) {
                Some(found) if found != wrong => {}
                Some(_) => out.add_said(
                    &place.index(index),
                    || match order {
                        Order::Ascending => format!("not before {}", shown(before)),
                        Order::Descending => format!("not after {}", shown(before)),
                    },
                    || shown(value),
                ),
                None => out.add_said(
                    &place.index(index),
                    || format!("something that can be ordered with {}", shown(before)),
                    || shown(value),
                ),
            }
        }
        before = Some(value);
    }
}

/// Numbers by value, strings by their characters' codes; others have no order.
fn ordering(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Some(number::compare(left, right)),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

pub(super) fn unique(
    by: Option<&JsonPath>,
    items: &[Value],
    place: &Place<'_>,
    out: &mut Findings,
) {
    let mut first: HashMap<String, usize> = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        if out.is_full() {
            return;
        }
        let Some(value) = keyed(by, item) else {
            continue;
        };
        if let Some(earlier) = first.get(&canonical::text(value)) {
            out.add_said(
                &place.index(index),
                || format!("another value than at [{earlier}]"),
                || shown(value),
            );
        } else {
            first.insert(canonical::text(value), index);
        }
    }
}

fn keyed<'a>(by: Option<&JsonPath>, item: &'a Value) -> Option<&'a Value> {
    match by {
        None => Some(item),
        Some(by) => by.query(item).first(),
    }
}
