//! The JSON Schemas of what `tryout` writes, as committed in `docs/schema/`.

use schemars::{Schema, schema_for};

use crate::{certificate::Certificate, event::Event, model::Report};

/// Of `report.json`.
pub fn report() -> Schema {
    schema_for!(Report)
}

/// Of `certificate.json`.
pub fn certificate() -> Schema {
    schema_for!(Certificate)
}

/// Of one line under `--json-events`.
pub fn event() -> Schema {
    schema_for!(Event)
}
