//! Measuring a submission, alone or turn and turn about with another subject: what is sent, one run of one
//! side, and whose doing it is when a side does not answer as it must. The steps that measure decide what
//! their runs come to.

mod apart;
mod blame;
mod mix;
mod shown;
mod side;

pub(super) use apart::Apart;
pub(super) use blame::{AROUND, dead, faulty, held, kinds, other, seed, unmade, with_log};
pub(super) use mix::Sent;
pub(super) use shown::{millis, requests, rounded, samples, tally};
pub(super) use side::{
    CONNECTIONS, Faults, Figures, Run, SUBMISSION, Says, Shot, Side, setup_beside, within,
};
