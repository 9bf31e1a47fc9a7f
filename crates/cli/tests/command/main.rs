//! The `tryout` command from outside. Those of `authoring`, `engines`, `grading`, `left_behind`, `own_suite`, `proof`, `suites`, `test_the_service` and `verify` need a container
//! engine and fail where there is none.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

mod add_caching;
mod authoring;
mod bad_input;
mod engines;
mod fixture;
mod grading;
mod installed;
mod intake;
mod left_behind;
mod load;
mod local;
mod own_suite;
mod proof;
mod served;
mod slow_query;
mod suites;
mod support;
mod test_the_service;
mod verify;
