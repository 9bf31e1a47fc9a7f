//! What a stub does when it is ordered to.

use std::time::Duration;

use super::{Stub, answer::Answering};
use crate::{
    control::{Steered, refused},
    protocol::{Answer, Order},
};

/// How long calls that came before are waited for when counting begins.
const QUIET_WITHIN: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

impl Steered for Stub {
    async fn follow(&self, order: Order) -> Answer {
        match order {
            Order::Behave(behaviour) => match Answering::new(behaviour) {
                Ok(answering) => {
                    self.behave(answering);
                    Answer::Done
                }
                Err(why) => refused(why),
            },
            Order::Begin => {
                // What an earlier request has begun is not to be counted with what comes.
                let quiet = async {
                    while self.counting.open() > 0 {
                        tokio::time::sleep(BETWEEN_LOOKS).await;
                    }
                };
                let _ = tokio::time::timeout(QUIET_WITHIN, quiet).await;
                Answer::Begun {
                    window: self.counting.begin(),
                }
            }
            Order::End { window } => match self.counting.end(window) {
                Some(journal) => Answer::Counted(journal),
                None => refused(format!("nothing is counted under {window}")),
            },
            Order::Delay { .. } => refused("a stub has latencies of its own".to_owned()),
        }
    }
}
