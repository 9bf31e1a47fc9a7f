//! An HTTP load engine that tells the truth, and says when it cannot.
//!
//! - [`load`]: a load as data: a mix of prepared requests, open or closed loop, warm-up, limits;
//! - [`run`](run::run): runs one, on threads of its own;
//! - [`measured`]: what it came to, and what the generator says of itself;
//! - [`expectation`]: what an answer must be: a fast wrong answer is an error;
//! - [`capacity`](capacity::capacity): the highest rate at which an objective is kept;
//! - [`trouble`]: errors by kind.
//!
//! In an open loop latency counts from the moment a request was due, whether or not it could be sent
//! then, so that a server that stalls cannot keep the generator from asking (coordinated omission:
//! Gil Tene, "How not to measure latency", 2013). Every request that was due is counted: answered
//! right, failed in some way, or unfinished. Where the generator itself was the limit, the result says
//! so ([`measured::Saturation`]) and nothing may be concluded from it.

pub mod capacity;
pub mod cores;
pub mod expectation;
pub mod load;
pub mod measured;
pub mod request;
pub mod run;
pub mod stop;
pub mod target;
pub mod trouble;

mod agenda;
mod alarm;
mod audit;
mod lane;
mod order;
mod reading;
mod schedule;
mod seed;
mod tally;
mod worker;
