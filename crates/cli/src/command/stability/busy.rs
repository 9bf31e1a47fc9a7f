//! Programs that only compute, so that grades are made on a busy machine.

use std::{
    io,
    process::{self, Child, Command, Stdio},
};

/// Until the process that it is told of is gone: nobody is left computing where ours is killed.
const COMPUTE: &str =
    r#"while kill -0 "$0" 2>/dev/null; do i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; done"#;

/// They compute until this is dropped. Processes of their own, as other people's are: what this one computes counts as
/// done for the submission.
#[derive(Debug)]
pub(super) struct Busy(Vec<Child>);

impl Busy {
    pub(super) fn start(count: u32) -> io::Result<Self> {
        let mut busy = Self(Vec::new());
        for _ in 0..count {
            let mut computing = Command::new("sh");
            computing.args(["-c", COMPUTE, &process::id().to_string()]);
            computing.stdin(Stdio::null()).stdout(Stdio::null());
            busy.0.push(computing.spawn()?);
        }
        Ok(busy)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        for computing in &mut self.0 {
            // One that has ended by itself is ended.
            let _ = computing.kill();
            let _ = computing.wait();
        }
    }
}
