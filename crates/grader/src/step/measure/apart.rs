//! Keeping who is measured apart from who measures, and from whom it is compared with: on other cores than
//! the load generator, and with the other side's programs still. A submission that computes without end
//! could else make runs say nothing, or the other subject slow.

use std::{future::Future, time::Duration};

use futures_util::future::join_all;
use report::model::LoadApart;
use runner::{Hold, RunnerError, Sandbox};
use tokio::time::timeout;

use crate::finish;

/// For the engine to hold programs, or to let go of them.
const PATIENCE: Duration = Duration::from_secs(15);

/// Holds the programs of all sandboxes of a step while it measures, and lets go of them at its end, also
/// where that is in the middle.
pub(crate) struct Apart<'a> {
    sandboxes: Vec<&'a dyn Sandbox>,
    /// What each is held to; none where that is not known.
    held: Vec<Option<Hold>>,
    /// The load generator's.
    core: Option<u32>,
    is_still: bool,
    lacks: Vec<String>,
}

impl<'a> Apart<'a> {
    /// Chooses a core; nothing is held as yet.
    pub(crate) async fn new(sandboxes: Vec<&'a dyn Sandbox>) -> Self {
        let mut apart = Self {
            held: vec![Some(Hold::Free); sandboxes.len()],
            core: None,
            is_still: sandboxes.len() > 1,
            lacks: Vec::new(),
            sandboxes,
        };
        match spare(&apart.sandboxes).await {
            Ok(Some(core)) => apart.core = Some(core),
            Ok(None) => apart.lacks_core("there is only one"),
            Err(why) => apart.lacks_core(&why),
        }
        apart
    }

    /// The core that the load generator is to keep to.
    pub(crate) fn core(&self) -> Option<u32> {
        self.core
    }

    /// The load generator did not keep to its core.
    pub(crate) fn core_is_shared(&mut self) {
        if self.core.take().is_some() {
            self.lacks_core("the system did not keep it there");
        }
    }

    fn lacks_core(&mut self, why: &str) {
        let lack = format!("the load generator had no core to itself: {why}");
        self.lacks.push(lack);
    }

    /// From now on only one of the sandboxes computes, and not on that core. Where some cannot be held so,
    /// none is: both sides are measured alike.
    ///
    /// # Errors
    /// In words, where one cannot be let go of.
    pub(crate) async fn only(&mut self, index: usize) -> Result<(), String> {
        while let Err((hold, why)) = self.settled(index).await {
            match hold {
                Hold::Free => return Err(why),
                Hold::OffCore(_) => {
                    self.core = None;
                    self.lacks_core(&why);
                }
                Hold::Still => {
                    self.is_still = false;
                    let lack = "one side's programs went on while the other was measured";
                    self.lacks.push(format!("{lack}: {why}"));
                }
            }
        }
        Ok(())
    }

    async fn settled(&mut self, index: usize) -> Result<(), (Hold, String)> {
        let moving = self.core.map_or(Hold::Free, Hold::OffCore);
        let is_still = self.is_still;
        let hold = |place| {
            let is_other = place != index && is_still;
            if is_other { Hold::Still } else { moving }
        };
        // All at once: each takes the engine as long as a run may take.
        let each = self.sandboxes.iter().zip(&mut self.held).enumerate();
        let each = each.map(|(place, (sandbox, held))| async move {
            let hold = hold(place);
            settled(*sandbox, held, hold)
                .await
                .map_err(|why| (hold, why))
        });
        let ends = join_all(each).await;
        ends.into_iter().collect()
    }

    /// Lets go of all.
    ///
    /// # Errors
    /// In words, where one is still held.
    pub(crate) async fn end(mut self) -> Result<(), String> {
        let each = self.sandboxes.iter().zip(&mut self.held);
        let each = each.map(|(sandbox, held)| settled(*sandbox, held, Hold::Free));
        join_all(each).await.into_iter().collect()
    }

    pub(crate) fn told(&self) -> LoadApart {
        LoadApart {
            core: self.core,
            still: (self.sandboxes.len() > 1).then_some(self.is_still),
            lacks: self.lacks.clone(),
        }
    }
}

impl Drop for Apart<'_> {
    fn drop(&mut self) {
        for (sandbox, held) in self.sandboxes.iter().zip(&self.held) {
            if *held != Some(Hold::Free) {
                sandbox.let_go();
            }
        }
    }
}

/// Holds one, unless it is held so.
async fn settled(sandbox: &dyn Sandbox, held: &mut Option<Hold>, hold: Hold) -> Result<(), String> {
    if *held == Some(hold) {
        return Ok(());
    }
    *held = None;
    within(sandbox.hold(hold)).await?;
    *held = Some(hold);
    Ok(())
}

/// A core of this process's that each of the sandboxes can do without; none on a machine that has one.
async fn spare(sandboxes: &[&dyn Sandbox]) -> Result<Option<u32>, String> {
    let mut theirs = Vec::new();
    for sandbox in sandboxes {
        theirs.push(within(sandbox.cores()).await?);
    }
    Ok(chosen(&loadgen::cores::allowed(), &theirs))
}

/// The last one: the first has most of what the machine itself has to do.
fn chosen(ours: &[u32], theirs: &[Vec<u32>]) -> Option<u32> {
    let has_others = |core: &&u32| {
        let mut all = theirs.iter();
        all.all(|cores| cores.iter().any(|other| other != *core))
    };
    ours.iter().rev().find(has_others).copied()
}

/// What goes wrong, in words.
async fn within<T>(work: impl Future<Output = Result<T, RunnerError>>) -> Result<T, String> {
    match timeout(PATIENCE, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(finish::chain(&error)),
        Err(_) => Err(format!("the engine took longer than {PATIENCE:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn a_core_is_chosen_that_everybody_else_can_do_without() {
        let both = || vec![0, 1];
        assert_eq!(chosen(&[0, 1], &[both()]), Some(1));
        assert_eq!(chosen(&[0, 1, 2], &[both(), vec![2]]), Some(1));
        // Theirs may be others than ours.
        assert_eq!(chosen(&[3], &[both(), both()]), Some(3));
        assert_eq!(chosen(&[0], &[vec![0]]), None);
        assert_eq!(chosen(&[], &[vec![0, 1]]), None);
    }
}
