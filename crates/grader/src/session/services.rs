//! Whether the services still run, after something went wrong.

use std::{net::SocketAddr, time::Duration};

use report::model::Evidence;
use runner::{RunnerError, ServiceState};
use tokio::net::TcpStream;

use super::{DYING_PAUSE, Session};

/// How often a service is looked at: a submission may have heard of its end, and answered, before it
/// has closed its port.
const LOOKS: u32 = 5;
/// The same of one that refuses connections, as only one at its end does: on a busy machine the engine
/// may hear of that late.
const LOOKS_WHILE_REFUSING: u32 = 150;
/// A kernel on this host answers at once whether anything listens.
const CONNECTING: Duration = Duration::from_millis(500);

impl Session<'_> {
    /// Whether a service still runs. One that is just dying is given a moment to be gone.
    pub(crate) async fn service_state(&self, service: &str) -> Result<ServiceState, RunnerError> {
        for look in 1..LOOKS_WHILE_REFUSING {
            let state = self.sandbox.service_state(service).await?;
            let settled = state != ServiceState::Running;
            if settled || (look >= LOOKS && !self.refuses(service).await) {
                return Ok(state);
            }
            tokio::time::sleep(DYING_PAUSE).await;
        }
        self.sandbox.service_state(service).await
    }

    /// The services that have died, in a sentence each. They ran before the submission started, so it
    /// is its use of them that ended them; without this, an answer of its own might not say so.
    pub(crate) async fn dead_services(&self) -> Vec<Evidence> {
        let mut notes = Vec::new();
        for name in self.file.services.keys() {
            if let Ok(ServiceState::Exited { exit }) = self.service_state(name).await {
                let note = format!("the service `{name}` has died: {exit}");
                notes.push(Evidence::Note(note));
            }
        }
        notes
    }

    async fn refuses(&self, service: &str) -> bool {
        match self.sandbox.service(service) {
            Some(endpoint) => is_closed(endpoint.address()).await,
            None => false,
        }
    }
}

/// Whether nothing listens at an address; silence is no refusal.
async fn is_closed(address: SocketAddr) -> bool {
    let connecting = tokio::time::timeout(CONNECTING, TcpStream::connect(address));
    matches!(connecting.await, Ok(Err(_)))
}
