//! Sandboxes on a real engine; these tests fail where there is none.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod building;
mod cleaning;
mod elsewhere;
mod failures;
mod faults;
mod full_disk;
mod hold;
mod isolation;
mod languages;
mod mariadb;
mod names;
mod opening;
mod own_engine;
mod practice;
mod reading;
mod redis;
mod replica;
mod reset;
mod setups;
mod stand;
mod stub;
mod table;
mod visiting;
