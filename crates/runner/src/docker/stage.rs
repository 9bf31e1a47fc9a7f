//! Everything of a sandbox but the submission: its network, its holders with their rules, its
//! services.

use futures_util::future::{try_join, try_join_all};
use tokio::sync::oneshot;
use tracing::{Instrument as _, debug_span};

use super::{
    Preparing, Rules, SandboxError,
    app::ROLE,
    holder::Holder,
    rules::Ruleset,
    services::{self, Prepared, Service},
    site::Site,
};
use crate::{RunnerError, SandboxSpec};

/// The ids of the images of ours that a sandbox needs.
#[derive(Debug)]
pub(super) struct Images {
    pub(super) holder: String,
    /// One for each service, in their order.
    pub(super) services: Vec<String>,
}

/// Makes it all. The app's holder is handed out as soon as it stands; nothing may be started in it
/// before this has ended, because its rules are loaded later.
pub(super) async fn set(
    site: &Site,
    spec: &SandboxSpec,
    images: &Images,
    preparing: &Preparing,
    rules: Rules,
    app_holder: oneshot::Sender<Holder>,
) -> Result<Vec<Service>, RunnerError> {
    let prepare = try_join_all(
        spec.services
            .iter()
            .zip(&images.services)
            .map(|(service, base)| services::prepare(site, service, base, preparing)),
    )
    .instrument(debug_span!("prepare services"));
    let holders = async {
        let network = site
            .make_network()
            .instrument(debug_span!("network"))
            .await?;
        let holders = spec
            .services
            .iter()
            .map(|service| Holder::start(site, &service.name, &images.holder, &network, &[]));
        let holders = try_join_all(holders)
            .instrument(debug_span!("service holders"))
            .await?;
        Ok::<_, RunnerError>((network, holders))
    };
    let (prepared, (network, holders)) = try_join(prepare, holders).await?;
    let closed = async {
        let app = hold_app(site, spec, &images.holder, &network, &holders).await?;
        let _ = app_holder.send(app.clone());
        Ok(close(site, spec, rules, &app, &holders).await?)
    };
    let (services, ()) = try_join(start(site, spec, &holders, &prepared), closed).await?;
    Ok(services)
}

async fn hold_app(
    site: &Site,
    spec: &SandboxSpec,
    image: &str,
    network: &str,
    holders: &[Holder],
) -> Result<Holder, SandboxError> {
    let names = spec.services.iter().map(|service| service.name.clone());
    let addresses = holders.iter().map(|holder| holder.address);
    let hosts: Vec<_> = names.zip(addresses).collect();
    Holder::start(site, ROLE, image, network, &hosts)
        .instrument(debug_span!("app holder"))
        .await
}

/// Loads all rules.
async fn close(
    site: &Site,
    spec: &SandboxSpec,
    rules: Rules,
    app: &Holder,
    holders: &[Holder],
) -> Result<(), SandboxError> {
    if rules == Rules::Off {
        return Ok(());
    }
    let endpoints: Vec<_> = spec
        .services
        .iter()
        .zip(holders)
        .map(|(service, holder)| services::endpoint(service, holder))
        .collect();
    let of_app = Ruleset::of_app(spec.app.port, app.gateway, &endpoints);
    let of_services = spec.services.iter().zip(holders).zip(&endpoints).map(
        async |((service, holder), endpoint)| {
            Ruleset::of_service(endpoint.port, holder.gateway, app.address)
                .load(site.docker(), &service.name, &holder.id)
                .await
        },
    );
    try_join(
        of_app.load(site.docker(), ROLE, &app.id),
        try_join_all(of_services),
    )
    .instrument(debug_span!("rules"))
    .await?;
    Ok(())
}

async fn start(
    site: &Site,
    spec: &SandboxSpec,
    holders: &[Holder],
    prepared: &[Prepared],
) -> Result<Vec<Service>, RunnerError> {
    let starting = spec
        .services
        .iter()
        .zip(holders)
        .zip(prepared)
        .map(|((service, holder), prepared)| services::start(site, service, holder, prepared));
    Ok(try_join_all(starting)
        .instrument(debug_span!("services"))
        .await?)
}
