//! The kinds of services, one a file.
//!
//! To add one: a recipe in `runner-images`, a variant of [`ServiceKind`] and of
//! [`crate::ServiceEndpoint`], and a file here that implements [`Kind`], named in [`of`]. How it is
//! prepared, started, closed in and watched is the same for all.

mod kept;
mod kind;
mod mariadb;
mod postgres;
mod redis;

use crate::ServiceKind;

pub(super) use kept::Preparing;
pub(super) use kind::{Kind, Prepared};

/// What a kind says of itself.
pub(super) fn of(kind: &ServiceKind) -> &dyn Kind {
    match kind {
        ServiceKind::Postgres(postgres) => postgres,
        ServiceKind::MariaDb(mariadb) => mariadb,
        ServiceKind::Redis(redis) => redis,
    }
}
