//! A stub: the program of the sidecar image, steered in its container.

use std::net::SocketAddr;

use futures_util::future::BoxFuture;
use sidecar::protocol::{BEHAVIOUR_VARIABLE, ORDER_VARIABLE, Order, PROGRAM, STUB_PORT};

use super::kind::{FirstState, Kind, Reset, Server};
use crate::{ServiceEndpoint, ServiceLimits, StubSpec, images::SIDECAR, wait::HttpAnswer};

/// Where its socket is: in memory, in its own container, its own user's.
pub(crate) const FOLDER: &str = "/tmp";
pub(crate) const TMP: u64 = 1024 * 1024;
/// `nobody` of the base system.
pub(crate) const USER: u64 = 65_534;

impl Kind for StubSpec {
    fn base(&self) -> String {
        SIDECAR.to_owned()
    }

    fn port(&self) -> u16 {
        STUB_PORT
    }

    fn app_url(&self, host: &str, port: u16) -> String {
        format!("http://{host}:{port}")
    }

    fn first_state(&self) -> Option<FirstState<'_>> {
        None
    }

    fn server(&self, _limits: &ServiceLimits, _grader_password: &str) -> Server {
        let behaviour = json(&self.behaviour);
        Server {
            command: [PROGRAM, "stub", FOLDER].map(str::to_owned).to_vec(),
            environment: vec![format!("{BEHAVIOUR_VARIABLE}={behaviour}")],
            read_only: true,
            tmp: TMP,
        }
    }

    fn ready<'a>(&'a self, address: SocketAddr, _grader_password: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async move { HttpAnswer::to_get(address, "/").begins().await })
    }

    fn reset(&self) -> Option<Reset<'_>> {
        Some(Reset::Restart)
    }

    /// It keeps nothing.
    fn ended_by(&self) -> &'static str {
        "SIGKILL"
    }

    fn endpoint(&self, address: SocketAddr, _grader_password: &str) -> ServiceEndpoint {
        ServiceEndpoint::Stub { address }
    }
}

/// A command in the container of a program of ours.
#[derive(Debug)]
pub(crate) struct Steering {
    pub(crate) user: u64,
    pub(crate) command: [&'static str; 3],
    /// `NAME=value`.
    pub(crate) environment: Vec<String>,
}

/// What gives it an order; it prints the answer.
pub(crate) fn order(order: &Order) -> Steering {
    Steering {
        user: USER,
        command: [PROGRAM, "steer", FOLDER],
        environment: vec![format!("{ORDER_VARIABLE}={}", json(order))],
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("keys are strings")
}
