//! One build by the engine's classic builder, which, unlike its successor, honours limits on memory,
//! cores and open files, and ends when it is no longer listened to.

mod limited;
mod lines;
mod tail;

use std::collections::HashMap;

use bollard::{
    errors::Error as EngineError,
    query_parameters::{BuildImageOptions, BuilderVersion},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use self::lines::Lines;
pub(crate) use self::{limited::limited, tail::Tail};
use crate::LogTail;

/// What is built.
#[derive(Debug)]
pub(crate) struct Order {
    /// The image's name and tag.
    pub(crate) tag: String,
    /// The path of the Dockerfile in the context.
    pub(crate) dockerfile: String,
    pub(crate) args: HashMap<String, String>,
    pub(crate) labels: HashMap<String, String>,
    /// Whether the steps of earlier builds may be used.
    pub(crate) cached_steps: bool,
    /// The network mode of its steps; the engine's own network where there is none.
    pub(crate) network: Option<String>,
}

/// What keeps a build's steps in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Confinement {
    /// As in [`Order::network`].
    pub(crate) network: Option<String>,
    /// The control group above those of the steps, with bounds that the builder does not know.
    pub(crate) cgroup_parent: Option<String>,
    /// Build arguments, in place of the host's proxies.
    pub(crate) args: Option<HashMap<String, String>>,
}

/// Why there is no image.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// A step failed, or the Dockerfile cannot be understood.
    Step {
        /// As the Dockerfile says it; none before the first.
        step: Option<String>,
        /// What the engine says.
        message: String,
        /// What was printed.
        log: LogTail,
    },
    /// It took too long.
    Time {
        /// The step that did.
        step: Option<String>,
        /// What was printed.
        log: LogTail,
    },
    /// The engine failed.
    Engine(EngineError),
    /// The engine ended without an image and without saying why.
    NoImage,
}

impl Stopped {
    /// Whether the engine looked for a step's result among images of other builds, and one of these was
    /// removed by somebody at that very moment. It says so by itself: no words of a step stand there.
    pub(crate) fn is_of_another_image(&self) -> bool {
        let Self::Step { message, .. } = self else {
            return false;
        };
        let id = message
            .strip_prefix("unable to find image \"sha256:")
            .and_then(|rest| rest.strip_suffix('"'));
        id.is_some_and(|id| id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit()))
    }
}

/// Builds, telling each line that is printed, until its time is over. The build's processes end when the
/// future is dropped.
pub(crate) async fn build(
    docker: &bollard::Docker,
    order: Order,
    context: impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static,
    over: impl Future<Output = ()>,
    tell: impl Fn(&str),
) -> Result<String, Stopped> {
    let mut seen = Seen::default();
    let end = {
        let work = listen(docker, order, context, &mut seen, &tell);
        tokio::select! {
            biased;
            end = work => Some(end),
            () = over => None,
        }
    };
    match end {
        Some(end) => end.map_err(|error| seen.stopped(error)),
        None => Err(Stopped::Time {
            step: seen.step,
            log: seen.tail.finish(),
        }),
    }
}

/// What a build has told so far.
#[derive(Default)]
struct Seen {
    step: Option<String>,
    tail: Tail,
}

impl Seen {
    fn line(&mut self, line: &str, tell: &impl Fn(&str)) {
        if is_bookkeeping(line) {
            return;
        }
        if let Some(step) = step(line) {
            self.step = Some(step.to_owned());
        }
        tell(line);
        self.tail.push(line);
    }

    fn stopped(self, error: Option<EngineError>) -> Stopped {
        let message = match error {
            None => return Stopped::NoImage,
            // Whatever it says: its words quote the submission's own. Whether the engine's disk is full is
            // asked of the disk.
            Some(EngineError::DockerStreamError { error }) => error,
            Some(EngineError::DockerResponseServerError {
                status_code: 400..=499,
                message,
            }) => message,
            Some(other) => return Stopped::Engine(other),
        };
        Stopped::Step {
            step: self.step,
            message,
            log: self.tail.finish(),
        }
    }
}

async fn listen(
    docker: &bollard::Docker,
    order: Order,
    context: impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static,
    seen: &mut Seen,
    tell: &impl Fn(&str),
) -> Result<String, Option<EngineError>> {
    let options = BuildImageOptions {
        version: BuilderVersion::BuilderV1,
        dockerfile: order.dockerfile,
        t: Some(order.tag),
        buildargs: Some(order.args),
        labels: Some(order.labels),
        networkmode: order.network,
        nocache: !order.cached_steps,
        rm: true,
        // Else a failed step's container stays.
        forcerm: true,
        ..BuildImageOptions::default()
    };
    let body = bollard::body_try_stream(context);
    let mut told = std::pin::pin!(docker.build_image(options, None, Some(body)));
    let mut lines = Lines::default();
    let mut image = None;
    while let Some(news) = told.next().await {
        let news = match news {
            Ok(news) => news,
            Err(error) => {
                lines.finish(|line| seen.line(line, tell));
                return Err(Some(error));
            }
        };
        if let Some(text) = news.stream {
            // What a step printed last may have no end of its own.
            if is_bookkeeping(&text) || step(&text).is_some() {
                lines.finish(|line| seen.line(line, tell));
            }
            lines.push(uncoloured(&text), |line| seen.line(line, tell));
        }
        if let Some(id) = news.aux.and_then(|aux| aux.id) {
            image = Some(id);
        }
    }
    lines.finish(|line| seen.line(line, tell));
    image.ok_or(None)
}

/// The instruction in `Step 3/8 : RUN make`.
fn step(line: &str) -> Option<&str> {
    let (counter, instruction) = line.strip_prefix("Step ")?.split_once(" : ")?;
    let (n, of) = counter.split_once('/')?;
    (n.parse::<u32>().is_ok() && of.parse::<u32>().is_ok()).then_some(instruction)
}

/// The engine says which layers and containers it makes; nobody can do anything with them.
fn is_bookkeeping(line: &str) -> bool {
    line.starts_with(" ---> ") || line.starts_with("Removing intermediate container ")
}

/// Without the red that the engine gives to what a step writes to standard error.
fn uncoloured(piece: &str) -> &str {
    piece
        .strip_prefix("\u{1b}[91m")
        .and_then(|piece| piece.strip_suffix("\u{1b}[0m"))
        .unwrap_or(piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_that_went_away_is_told_from_what_a_step_did() {
        let step = |message: &str| Stopped::Step {
            step: Some("RUN true".to_owned()),
            message: message.to_owned(),
            log: LogTail::default(),
        };
        let id = "d359e6936f25c339a2b3a8a33bb6fb97245575d577c69313e7a0d21374c7dfaf";
        // As Docker 20.10 says it.
        let gone = format!("unable to find image \"sha256:{id}\"");
        assert!(step(&gone).is_of_another_image());
        for other in [
            format!("The command '/bin/sh -c echo {gone}' returned a non-zero code: 1"),
            format!("{gone} x"),
            "unable to find image \"sha256:1\"".to_owned(),
            "unable to find image \"python:3\"".to_owned(),
        ] {
            assert!(!step(&other).is_of_another_image(), "{other}");
        }
        assert!(!Stopped::NoImage.is_of_another_image());
    }

    #[test]
    fn only_the_engines_own_red_is_taken_away() {
        assert_eq!(uncoloured("\u{1b}[91mline\n\u{1b}[0m"), "line\n");
        assert_eq!(
            uncoloured("\u{1b}[32mline\u{1b}[0m"),
            "\u{1b}[32mline\u{1b}[0m"
        );
    }

    #[test]
    fn steps_are_told_from_what_programs_print() {
        assert_eq!(step("Step 3/8 : RUN a : b"), Some("RUN a : b"));
        assert_eq!(step("Step one/8 : RUN a"), None);
        assert_eq!(step(" Step 3/8 : RUN a"), None);
    }
}
