//! Grades of submissions that use real services; these tests fail where there is no engine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bench;
mod blame;
mod capacity;
mod differential;
mod fault;
mod load;
mod logs;
mod mariadb;
mod meanwhile;
mod migration;
mod openapi;
mod postgres;
mod queries;
mod redis;
mod replica;
mod reset;
mod upstream;
