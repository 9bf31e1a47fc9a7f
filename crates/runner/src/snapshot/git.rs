//! A revision in git. The `git` program brings its objects, so that a user's keys, proxies and
//! credential helpers work as they always do, and the objects are read as they are: nothing is
//! checked out, so no hook, filter or submodule of the repository has its say.

mod complaint;
mod error;
mod fetch;
mod objects;
mod program;
mod repository;
mod revision;
mod run;

pub use self::error::GitError;
pub(super) use self::fetch::Fetched;
