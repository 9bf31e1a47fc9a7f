//! The local backend with real processes and this host's PostgreSQL, Redis and Python. Needs no engine;
//! `tools/set-up tests` installs what it needs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod building;
mod ending;
mod lacking;
mod limits;
mod opening;
mod services;
mod stand;
