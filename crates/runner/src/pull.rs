//! Pulling an image from a registry, and whose fault it is when that fails.

use std::time::Duration;

use bollard::{Docker, errors::Error as EngineError, query_parameters::CreateImageOptionsBuilder};
use futures_util::StreamExt;

/// Why an image was not pulled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PullError {
    /// The registry answered that it has no such image, or the name is none.
    #[error("{message}")]
    NoSuchImage {
        /// As the registry or the engine says.
        message: String,
    },
    /// No registry answered, or it had trouble of its own.
    #[error("the registry cannot be used")]
    Registry(#[source] Box<EngineError>),
    /// Nothing came for too long.
    #[error("the registry was silent for {} s", silence.as_secs())]
    Silent {
        /// How long.
        silence: Duration,
    },
}

/// Pulls an image; gives up when nothing comes for as long as `silence`.
pub(crate) async fn pull(docker: &Docker, image: &str, silence: Duration) -> Result<(), PullError> {
    // Without a tag all of a name's images would come.
    let image = with_tag(image);
    let options = CreateImageOptionsBuilder::new().from_image(&image).build();
    let mut told = std::pin::pin!(docker.create_image(Some(options), None, None));
    loop {
        match tokio::time::timeout(silence, told.next()).await {
            Ok(None) => return Ok(()),
            Ok(Some(Ok(_))) => {}
            Ok(Some(Err(error))) => return Err(judge(error)),
            Err(_) => return Err(PullError::Silent { silence }),
        }
    }
}

fn with_tag(image: &str) -> String {
    let name = image.rsplit('/').next().unwrap_or(image);
    if name.contains([':', '@']) {
        image.to_owned()
    } else {
        format!("{image}:latest")
    }
}

fn judge(error: EngineError) -> PullError {
    match error {
        EngineError::DockerResponseServerError {
            status_code: 400 | 404,
            message,
        } => PullError::NoSuchImage { message },
        EngineError::DockerStreamError { error }
            if ["manifest unknown", "not found", "no matching manifest"]
                .iter()
                .any(|answer| error.contains(answer)) =>
        {
            PullError::NoSuchImage { message: error }
        }
        other => PullError::Registry(Box::new(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_without_tag_or_digest_gets_one() {
        assert_eq!(with_tag("a"), "a:latest");
        assert_eq!(with_tag("a:1"), "a:1");
        assert_eq!(with_tag("host:5000/a"), "host:5000/a:latest");
        assert_eq!(with_tag("a@sha256:1"), "a@sha256:1");
    }

    #[test]
    fn what_a_registry_answers_is_told_from_its_silence() {
        let response = |status_code, message: &str| {
            judge(EngineError::DockerResponseServerError {
                status_code,
                message: message.to_owned(),
            })
        };
        let denied = "pull access denied for x, repository does not exist";
        assert!(matches!(
            response(404, denied),
            PullError::NoSuchImage { .. }
        ));
        for trouble in [
            "dial tcp: lookup registry-1.docker.io: no such host",
            "toomanyrequests: rate limit",
            "x509: certificate signed by unknown authority",
        ] {
            assert!(matches!(response(500, trouble), PullError::Registry(_)));
        }
    }
}
