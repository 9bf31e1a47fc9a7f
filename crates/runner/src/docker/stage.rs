//! Everything of a sandbox but the submission: its network, its holders with their rules, its
//! services.

use futures_util::future::{try_join, try_join_all, try_join3};
use tokio::sync::oneshot;
use tracing::{Instrument as _, debug_span};

use super::{
    Preparing, Rules, SandboxError,
    app::ROLE,
    holder::{Holder, Place},
    rules::Ruleset,
    services::{self, Service},
    site::Site,
};
use crate::{RunnerError, SandboxSpec, ServiceSpec};

/// The ids of the images of ours that a sandbox needs.
#[derive(Debug)]
pub(super) struct Images {
    pub(super) holder: String,
    pub(super) proxy: String,
    /// One for each service, in their order.
    pub(super) services: Vec<String>,
}

/// All but the submission.
#[derive(Debug)]
pub(super) struct Stage {
    /// Where the submission will be.
    pub(super) place: Place,
    pub(super) services: Vec<Service>,
}

/// A service, its holder, and the base of its image.
type Part<'a> = (&'a ServiceSpec, &'a Holder, &'a String);

/// Makes it all. The app's holder is handed out as soon as it is made; nothing may be started in it
/// before this has ended, because its rules are loaded later.
pub(super) async fn set(
    site: &Site,
    spec: &SandboxSpec,
    images: &Images,
    preparing: &Preparing,
    rules: Rules,
    app_holder: oneshot::Sender<Holder>,
) -> Result<Stage, RunnerError> {
    let network = site
        .make_network()
        .instrument(debug_span!("network"))
        .await?;
    let (app, holders) = make_holders(site, spec, images, &network)
        .instrument(debug_span!("holders"))
        .await?;
    // Whoever asked for it may have given up.
    let _ = app_holder.send(app.clone());
    let parts = || {
        let parts = spec.services.iter().zip(&holders).zip(&images.services);
        parts.map(|((service, holder), base)| (service, holder, base))
    };
    let made = try_join_all(parts().map(|part| make_service(site, part, preparing)));
    let places = async {
        let places = holders.iter().map(|holder| holder.start(site, &network));
        Ok(try_join(app.start(site, &network), try_join_all(places)).await?)
    };
    let (made, (place, places)) = try_join(
        made.instrument(debug_span!("service containers")),
        places.instrument(debug_span!("holders' start")),
    )
    .await?;
    let started = spec
        .services
        .iter()
        .zip(&places)
        .zip(made)
        .map(|((service, place), made)| services::start(site, service, *place, made));
    let (services, (), ()) = try_join3(
        try_join_all(started).instrument(debug_span!("services")),
        name(site, spec, &app, &places).instrument(debug_span!("names")),
        close(site, spec, rules, (&app, place), (&holders, &places))
            .instrument(debug_span!("rules")),
    )
    .await?;
    Ok(Stage { place, services })
}

async fn make_holders(
    site: &Site,
    spec: &SandboxSpec,
    images: &Images,
    network: &str,
) -> Result<(Holder, Vec<Holder>), SandboxError> {
    let of_services = spec
        .services
        .iter()
        .map(|service| Holder::make(site, &service.name, &images.holder, network));
    try_join(
        Holder::make(site, ROLE, &images.holder, network),
        try_join_all(of_services),
    )
    .await
}

async fn make_service(
    site: &Site,
    (service, holder, base): Part<'_>,
    preparing: &Preparing,
) -> Result<services::Made, RunnerError> {
    let prepared = services::prepare(site, service, base, preparing).await?;
    Ok(services::make(site, service, holder, prepared).await?)
}

/// Makes the services' names known to the app.
async fn name(
    site: &Site,
    spec: &SandboxSpec,
    app: &Holder,
    places: &[Place],
) -> Result<(), SandboxError> {
    let names = spec.services.iter().map(|service| service.name.as_str());
    let hosts: Vec<_> = names.zip(places.iter().map(|p| p.address)).collect();
    if hosts.is_empty() {
        return Ok(());
    }
    app.name(site, &hosts).await
}

/// Loads all rules.
async fn close(
    site: &Site,
    spec: &SandboxSpec,
    rules: Rules,
    (app, place): (&Holder, Place),
    (holders, places): (&[Holder], &[Place]),
) -> Result<(), SandboxError> {
    if rules == Rules::Off {
        return Ok(());
    }
    let endpoints: Vec<_> = spec
        .services
        .iter()
        .zip(places)
        .map(|(service, place)| services::endpoint(service, *place))
        .collect();
    let of_app = Ruleset::of_app(spec.app.port, place.gateway, &endpoints);
    let of_services = spec.services.iter().zip(holders).zip(&endpoints);
    let of_services = of_services.map(async |((service, holder), endpoint)| {
        Ruleset::of_service(endpoint.port, place.gateway, place.address)
            .load(site.docker(), &service.name, &holder.id)
            .await
    });
    try_join(
        of_app.load(site.docker(), ROLE, &app.id),
        try_join_all(of_services),
    )
    .await?;
    Ok(())
}
