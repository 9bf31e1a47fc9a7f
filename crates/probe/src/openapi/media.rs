//! Types of content.

use serde_json::Value;

use super::pointer::Spot;

/// The description of a type: by its name, else by the narrowest range. Parameters such as `charset`
/// say nothing.
pub(super) fn find<'a>(content: &Spot<'a>, of_type: &str) -> Option<Spot<'a>> {
    let wanted = essence(of_type);
    let kind = wanted.split('/').next().unwrap_or_default();
    let ranges = [wanted.clone(), format!("{kind}/*"), "*/*".to_owned()];
    let key = ranges
        .iter()
        .find_map(|range| content.keys().find(|key| essence(key) == *range))?;
    content.key(key)
}

/// Whether content of this type is JSON.
pub(super) fn is_json(of_type: &str) -> bool {
    let essence = essence(of_type);
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}

/// The schema of a description; none where anything goes.
pub(super) fn schema(media: &Spot<'_>) -> Option<String> {
    let schema: &Value = media.value.get("schema")?;
    (schema.is_object() || schema.is_boolean()).then(|| super::below(&media.pointer, "schema"))
}

fn essence(of_type: &str) -> String {
    let essence = of_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}
