//! The report as data; `report.json` is this, written by serde.

mod capacity;
mod check;
mod comparison;
mod evidence;
mod fault;
mod keyspace;
mod load;
mod migration;
mod outcome;
mod practice;
mod printed;
mod run;
mod score;
mod statements;
mod upstream;

pub use capacity::{
    Capacity, CapacityBounds, CapacityRatio, CapacitySearch, CapacitySide, CapacityTry,
};
pub use check::CheckReport;
pub use comparison::{Comparison, PairedExchange};
pub use evidence::{
    Answer, Burst, Evidence, Exchange, Log, Mismatch, Query, SentRequest, TallyLine, Trouble,
};
pub use fault::{Fault, FaultKind};
pub use keyspace::{CommandCount, Keyspace, KeyspaceCounts, StoredKey};
pub use load::{
    LatencyPoint, Load, LoadApart, LoadInterval, LoadRatio, LoadRequest, LoadRun, LoadSecond,
    LoadSide,
};
pub use migration::{LockWait, Migration, MigrationRun, WriteFailure};
pub use outcome::{Blame, Outcome};
pub use practice::{BrokenRule, LookedAt, Practice, PracticeTool, Remark};
pub use printed::{Printed, PrintedLine};
pub use run::{
    ChallengeRef, Engine, Isolation, Phases, Report, Run, SCHEMA_VERSION, Setup, SubmissionFailure,
    SubmissionRef, Tool,
};
pub use score::{Score, SkillScore};
pub use statements::{Plan, Statement, Statements};
pub use upstream::{Upstream, UpstreamForm};
