//! The kinds of services, one a file.
//!
//! To add one: a recipe in `runner-images`, a variant of [`ServiceKind`] and of
//! [`crate::ServiceEndpoint`], a file here that implements [`Kind`], named in [`of`], and one in
//! `local/service/` for servers that this host has. How it is prepared, started, closed in and watched
//! is the same for all.

mod failure;
mod kind;
mod mariadb;
mod postgres;
mod redis;
mod stub;

use crate::ServiceKind;

pub(crate) use failure::PrepareFailure;
pub(crate) use kind::{FirstState, Kind, Reset, folders, random_password};
pub(crate) use postgres::{SUBMISSION, counting};
pub(crate) use redis::{Listening, configuration as redis_configuration};
pub(crate) use stub::{FOLDER, TMP, USER, order};

/// What a kind says of itself.
pub(crate) fn of(kind: &ServiceKind) -> &dyn Kind {
    match kind {
        ServiceKind::Postgres(postgres) => postgres,
        ServiceKind::MariaDb(mariadb) => mariadb,
        ServiceKind::Redis(redis) => redis,
        ServiceKind::Stub(stub) => stub,
    }
}
