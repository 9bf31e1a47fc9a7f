//! Everything of a sandbox but the submission: its network, its holders with their rules, its
//! services.

use std::net::{Ipv4Addr, SocketAddr};

use futures_util::future::{try_join, try_join_all, try_join4};
use tokio::sync::oneshot;
use tracing::{Instrument as _, debug_span};

use super::{
    Rules, SandboxError,
    app::ROLE,
    disk::DiskWatch,
    forwarder::Forwarder,
    holder::{Holder, Place},
    kept::Preparing,
    replica::{self, Replicable},
    rules::{Endpoint, Ruleset},
    services::{self, Service},
    site::{Network, Site},
    visit::{self, Entrance},
    way::Way,
};
use crate::{RunnerError, SandboxSpec, ServiceSpec};

/// The ids of the images of ours that a sandbox needs.
#[derive(Debug)]
pub(super) struct Images {
    pub(super) holder: String,
    pub(super) proxy: String,
    /// Of what makes services slow; empty where none is to be.
    pub(super) sidecar: String,
    /// One for each service, in their order.
    pub(super) services: Vec<String>,
}

/// All but the submission.
#[derive(Debug)]
pub(super) struct Stage {
    /// Where the submission will be reached.
    pub(super) app: SocketAddr,
    pub(super) services: Vec<Service>,
    /// One for each service, in their order.
    pub(super) disks: Vec<DiskWatch>,
    /// Where visitors stand, if there may be any.
    pub(super) entrance: Option<Entrance>,
    /// The app's second instance, if there may be one.
    pub(super) replica: Option<Replicable>,
}

/// A service, its holder, and the bases of its image and its proxy's.
type Part<'a> = (&'a ServiceSpec, &'a Holder, [&'a str; 2]);

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
    let (app, holders) = make_holders(site, spec, images, &network.name)
        .instrument(debug_span!("holders"))
        .await?;
    // Whoever asked for it may have given up.
    let _ = app_holder.send(app.clone());
    let parts = || {
        let parts = spec.services.iter().zip(&holders).zip(&images.services);
        parts.map(|((service, holder), base)| (service, holder, [base.as_str(), &images.sidecar]))
    };
    let made = try_join_all(parts().map(|part| make_service(site, part, preparing)));
    let places = async {
        let places = holders
            .iter()
            .map(|holder| holder.start(site, &network.name));
        let places = try_join_all(places);
        let forwarder = forwarder(site, spec, images, &network);
        let at = |role, wanted| Box::pin(place_if(site, wanted, role, images, &network.name));
        let others = try_join(
            at(visit::ROLE, spec.visited),
            at(replica::ROLE, spec.replicated),
        );
        let app = app.start(site, &network.name);
        Ok(try_join4(app, places, forwarder, others).await?)
    };
    let (made, (place, places, forwarder, (visitors, replica))) = try_join(
        made.instrument(debug_span!("service containers")),
        places.instrument(debug_span!("holders' start")),
    )
    .await?;
    let targets = Targets::of(spec, place, replica.as_ref(), &places);
    let through = forwarder
        .as_ref()
        .and_then(|forwarder| forwarder.way(spec.replicated));
    let way = through
        .unwrap_or_else(|| Way::direct(place, targets.app, targets.replica, &targets.services));
    let started = spec
        .services
        .iter()
        .zip(&way.services)
        .zip(made)
        .map(|((service, address), made)| services::start(site, service, *address, made));
    let rules = Closing {
        site,
        rules,
        targets: &targets,
        from: way.from,
        visitors: visitors.as_ref(),
        replica: replica.as_ref(),
    };
    let open = async {
        match &forwarder {
            Some(forwarder) => {
                let apps = (targets.app, targets.replica);
                forwarder.open(site, apps, &targets.services).await
            }
            None => Ok(()),
        }
    };
    let (services, (), (), ()) = try_join4(
        try_join_all(started).instrument(debug_span!("services")),
        names(
            site,
            spec,
            [Some(&app), replica.as_ref().map(|(holder, _)| holder)],
            &places,
        )
        .instrument(debug_span!("names")),
        rules
            .load(spec, &app, &holders)
            .instrument(debug_span!("rules")),
        open.instrument(debug_span!("forwarder")),
    )
    .await?;
    Ok(Stage {
        app: way.app,
        disks: watch(site, spec, &services),
        services,
        entrance: visitors.map(|(holder, _)| Entrance {
            holder,
            app: targets.app,
        }),
        replica: replica
            .zip(way.replica)
            .map(|((holder, _), address)| Replicable::new(holder, address)),
    })
}

/// A namespace for what may come later, where it may.
async fn place_if(
    site: &Site,
    wanted: bool,
    role: &str,
    images: &Images,
    network: &str,
) -> Result<Option<(Holder, Place)>, SandboxError> {
    if !wanted {
        return Ok(None);
    }
    let holder = Holder::make(site, role, &images.holder, network).await?;
    let place = holder.start(site, network).await?;
    Ok(Some((holder, place)))
}

fn watch(site: &Site, spec: &SandboxSpec, services: &[Service]) -> Vec<DiskWatch> {
    let watch = |(spec, service): (&ServiceSpec, &Service)| {
        let docker = site.docker().clone();
        DiskWatch::start(docker, service.container.clone(), spec.limits.disk)
    };
    spec.services.iter().zip(services).map(watch).collect()
}

/// Where app and services are in the sandbox's network.
struct Targets {
    app: Endpoint,
    replica: Option<Endpoint>,
    services: Vec<Endpoint>,
}

impl Targets {
    fn of(
        spec: &SandboxSpec,
        place: Place,
        replica: Option<&(Holder, Place)>,
        places: &[Place],
    ) -> Self {
        let services = spec.services.iter().zip(places);
        let instance = |place: Place| Endpoint {
            address: place.address,
            port: spec.app.port,
        };
        Self {
            app: instance(place),
            replica: replica.map(|(_, place)| instance(*place)),
            services: services
                .map(|(service, place)| services::endpoint(service, *place))
                .collect(),
        }
    }
}

/// None where the sandbox is in this host's reach.
async fn forwarder(
    site: &Site,
    spec: &SandboxSpec,
    images: &Images,
    network: &Network,
) -> Result<Option<Forwarder>, SandboxError> {
    if site.reaches(network) {
        return Ok(None);
    }
    let targets = 1 + usize::from(spec.replicated) + spec.services.len();
    let forwarder = Forwarder::start(site, &images.holder, &network.name, targets);
    forwarder.await.map(Some)
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
    (service, holder, [base, sidecar]): Part<'_>,
    preparing: &Preparing,
) -> Result<services::Made, RunnerError> {
    let prepared = services::prepare(site, service, base, preparing).await?;
    Ok(services::make(site, service, holder, prepared, sidecar).await?)
}

/// Makes the services' names known to the app's instances.
async fn names(
    site: &Site,
    spec: &SandboxSpec,
    apps: [Option<&Holder>; 2],
    places: &[Place],
) -> Result<(), SandboxError> {
    let names = spec.services.iter().map(|service| service.name.as_str());
    let hosts: Vec<_> = names.zip(places.iter().map(|p| p.address)).collect();
    if hosts.is_empty() {
        return Ok(());
    }
    let apps = apps.into_iter().flatten();
    try_join_all(apps.map(|app| app.name(site, &hosts))).await?;
    Ok(())
}

/// All rules of a sandbox.
struct Closing<'a> {
    site: &'a Site,
    rules: Rules,
    targets: &'a Targets,
    /// Whose address app and services see when we ask.
    from: Ipv4Addr,
    visitors: Option<&'a (Holder, Place)>,
    replica: Option<&'a (Holder, Place)>,
}

impl Closing<'_> {
    async fn load(
        &self,
        spec: &SandboxSpec,
        app: &Holder,
        holders: &[Holder],
    ) -> Result<(), SandboxError> {
        if self.rules == Rules::Off {
            return Ok(());
        }
        let Endpoint { address, port } = self.targets.app;
        let mut reached_by = vec![self.from];
        reached_by.extend(self.visitors.map(|(_, place)| place.address));
        let of_app = Ruleset::of_app(port, &reached_by, &self.targets.services);
        let second = self.replica.map(|(_, place)| place.address);
        let apps: Vec<Ipv4Addr> = [address].into_iter().chain(second).collect();
        let of_services = spec
            .services
            .iter()
            .zip(holders)
            .zip(&self.targets.services);
        let of_services = of_services.map(async |((service, holder), endpoint)| {
            let rules = if service.slowed {
                Ruleset::of_slowed_service(*endpoint, self.from, &apps)
            } else {
                Ruleset::of_service(endpoint.port, self.from, &apps)
            };
            rules
                .load(self.site.docker(), &service.name, &holder.id)
                .await
        });
        let of_visitors = async {
            match self.visitors {
                Some((holder, _)) => {
                    Ruleset::of_visitor(self.targets.app)
                        .load(self.site.docker(), visit::ROLE, &holder.id)
                        .await
                }
                None => Ok(()),
            }
        };
        let of_replica = async {
            match self.replica {
                Some((holder, _)) => {
                    Ruleset::of_app(port, &[self.from], &self.targets.services)
                        .load(self.site.docker(), replica::ROLE, &holder.id)
                        .await
                }
                None => Ok(()),
            }
        };
        try_join4(
            of_app.load(self.site.docker(), ROLE, &app.id),
            try_join_all(of_services),
            of_visitors,
            of_replica,
        )
        .await?;
        Ok(())
    }
}
