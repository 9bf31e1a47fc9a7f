//! Compiles a challenge into a plan, runs its checks against a sandbox, decides outcomes.
//!
//! [`Plan`] is data: which challenge, which subject, which seed, which checks. [`grade`] turns it
//! into a [`report::model::Report`] with whatever [`runner::Backend`] it is given; every grade goes
//! that one way, whether it is of a submission, a solution or a defect.

mod check_run;
mod events;
mod finish;
mod grade;
mod lack;
mod manifest;
mod own_tests;
mod patch;
mod plan;
mod practice;
mod redis;
mod references;
mod results;
mod sandbox_spec;
mod selection;
mod session;
mod sql;
mod step;
mod stubs;
mod subject;
mod suites;
mod turn;
mod verdict;
mod watch;
mod workbench;

pub use events::Events;
pub use grade::{could_not_run, grade};
pub use own_tests::at_once as implementations_at_once;
pub use patch::PatchError;
pub use plan::{Plan, PlanError};
pub use selection::{Selection, SelectionError};
pub use subject::{PatchedError, Subject, SubjectKind, challenge_files};
pub use turn::close;
pub use workbench::{Workbench, WorkbenchError};
