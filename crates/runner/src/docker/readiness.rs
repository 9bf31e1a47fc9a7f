//! From the submission's process starting to its first answer, or to why there is none.

use super::{SandboxError, ended, holder::Holder, log, site::Site};
use crate::{AppFailure, AppSpec, wait::HttpAnswer};

use std::net::SocketAddr;

/// Waits for a started app; in the inner error, why it cannot be used.
pub(super) async fn of_app(
    site: &Site,
    app: &AppSpec,
    address: SocketAddr,
    holder: &Holder,
    (role, container): (&str, &str),
) -> Result<Result<(), AppFailure>, SandboxError> {
    let answer = HttpAnswer::to_get(address, &app.ready_path);
    tokio::select! {
        biased;
        () = answer.begins() => return Ok(Ok(())),
        () = ended::wait(site.docker(), container) => {}
        () = tokio::time::sleep(app.start_within) => {}
    }
    let state = ended::state(site, role, container).await?;
    let log = log::tail(site.docker(), role, container).await?;
    let (port, within) = (app.port, app.start_within);
    Ok(Err(if state.running != Some(true) {
        AppFailure::DiedAtStart {
            exit: ended::in_words(&state),
            log,
        }
    } else if answer.connected() && holder.listens(site, port).await? {
        AppFailure::NeverAnswered {
            port,
            path: app.ready_path.clone(),
            within,
            log,
        }
    } else {
        AppFailure::NeverListened { port, within, log }
    }))
}
