//! Pulling an image from a registry, and whose fault it is when that fails.

use std::{collections::HashMap, time::Duration};

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
    /// It is more than may be fetched.
    #[error("it has {bytes} bytes, more than {limit}")]
    TooLarge {
        /// At least.
        bytes: u64,
        /// As many as it may have.
        limit: u64,
    },
    /// It took too long, though it is not too large.
    #[error("it took more than {} s", time.as_secs())]
    Slow {
        /// How long it may take.
        time: Duration,
    },
    /// Nothing came for too long.
    #[error("the registry was silent for {} s", silence.as_secs())]
    Silent {
        /// How long.
        silence: Duration,
    },
}

/// How much a pull may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Without a word from the registry.
    pub(crate) silence: Duration,
    /// In all.
    pub(crate) time: Duration,
    /// Of all layers, as the registry has them.
    pub(crate) bytes: u64,
}

/// Pulls an image within bounds. The engine stops when this is dropped.
pub(crate) async fn pull(docker: &Docker, image: &str, bounds: Bounds) -> Result<(), PullError> {
    let time = bounds.time;
    let pulling = tokio::time::timeout(time, listen(docker, image, bounds));
    pulling.await.unwrap_or(Err(PullError::Slow { time }))
}

async fn listen(docker: &Docker, image: &str, bounds: Bounds) -> Result<(), PullError> {
    let silence = bounds.silence;
    let mut layers = HashMap::new();
    // Without a tag all of a name's images would come.
    let image = with_tag(image);
    let options = CreateImageOptionsBuilder::new().from_image(&image).build();
    let mut told = std::pin::pin!(docker.create_image(Some(options), None, None));
    loop {
        match tokio::time::timeout(silence, told.next()).await {
            Ok(None) => return Ok(()),
            Ok(Some(Ok(news))) => {
                let total = news.progress_detail.and_then(|detail| detail.total);
                if let (Some(layer), Some(total)) = (news.id, total) {
                    layers.insert(layer, u64::try_from(total).unwrap_or_default());
                }
                let bytes = layers.values().sum();
                if bytes > bounds.bytes {
                    let limit = bounds.bytes;
                    return Err(PullError::TooLarge { bytes, limit });
                }
            }
            Ok(Some(Err(error))) => return Err(judge(error)),
            Err(_) => return Err(PullError::Silent { silence }),
        }
    }
}

pub(crate) fn with_tag(image: &str) -> String {
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
