//! How this process reaches what is in a sandbox.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::{holder::Place, rules::Endpoint};

/// Where an app and its services are reached from here, and who that is for them.
#[derive(Debug, Clone)]
pub(super) struct Way {
    /// Whose address they see.
    pub(super) from: Ipv4Addr,
    pub(super) app: SocketAddr,
    /// The app's second instance, where there may be one.
    pub(super) replica: Option<SocketAddr>,
    /// In their order.
    pub(super) services: Vec<SocketAddr>,
}

impl Way {
    /// The sandbox's network is one of this host, which is its gateway.
    pub(super) fn direct(
        place: Place,
        app: Endpoint,
        replica: Option<Endpoint>,
        services: &[Endpoint],
    ) -> Self {
        Self {
            from: place.gateway,
            app: app.into(),
            replica: replica.map(SocketAddr::from),
            services: services.iter().copied().map(SocketAddr::from).collect(),
        }
    }
}

impl From<Endpoint> for SocketAddr {
    fn from(Endpoint { address, port }: Endpoint) -> Self {
        Self::new(IpAddr::V4(address), port)
    }
}
