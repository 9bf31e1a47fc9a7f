use std::{error::Error as _, io, net::SocketAddr};

use report::model::Trouble;
use rustix::io::Errno;
use thiserror::Error;

/// An exchange that failed for want of something of ours; the submission has no part in it.
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// This machine gave no connection: too many open files, no free port, no memory.
    #[error("this machine could not open a connection to {address}")]
    Connect {
        /// The app.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Why no connection came about, told apart by whose doing it is.
pub(super) fn refused(address: SocketAddr, error: io::Error) -> Result<Trouble, ExchangeError> {
    let ours = [
        Errno::MFILE,
        Errno::NFILE,
        Errno::NOMEM,
        Errno::NOBUFS,
        Errno::ADDRNOTAVAIL,
        Errno::PERM,
        Errno::ACCESS,
    ];
    let code = error.raw_os_error();
    if ours.iter().any(|ours| Some(ours.raw_os_error()) == code) {
        return Err(ExchangeError::Connect {
            address,
            source: error,
        });
    }
    Ok(Trouble::Refused(error.to_string()))
}

/// Why an answer is not whole.
pub(super) fn trouble(error: &hyper::Error) -> Trouble {
    if error.to_string().contains("too large") {
        return Trouble::Invalid("the headers are longer, or more, than are read".to_owned());
    }
    let io = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>());
    let broken_framing = io.is_some_and(|io| {
        matches!(
            io.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
        )
    });
    if error.is_parse() || broken_framing {
        Trouble::Invalid(said(error))
    } else {
        Trouble::Closed(said(error))
    }
}

/// An error and its causes, none twice.
fn said(error: &hyper::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}
