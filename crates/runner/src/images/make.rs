//! Making one image of ours.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use bollard::query_parameters::RemoveImageOptions;
use futures_util::stream;

use super::{BASE, ImageError, ImageStore, KIND_LABEL, RECIPE_LABEL, recipe::Recipe, root};
use crate::{
    Progress, RunnerEvent, RunnerPhase,
    build::sentence,
    classic::{self, Order, Stopped},
};

/// Installing packages takes a minute; a mirror may be slow.
const BUILD_WITHIN: Duration = Duration::from_mins(30);

impl ImageStore {
    pub(super) async fn make(
        &self,
        image: &str,
        recipe: &Recipe,
        anew: bool,
        progress: &dyn Progress,
    ) -> Result<String, ImageError> {
        let started = Instant::now();
        progress.tell(RunnerEvent::Started(RunnerPhase::Images));
        let tell = |line: &str| progress.tell(RunnerEvent::BuildLine(format!("{image}: {line}")));
        let made = self.make_telling(image, recipe, anew, &tell).await;
        progress.tell(RunnerEvent::Ended {
            phase: RunnerPhase::Images,
            took: started.elapsed(),
            note: Some(match &made {
                Ok(_) => image.to_owned(),
                Err(_) => format!("{image} failed"),
            }),
        });
        made
    }

    async fn make_telling(
        &self,
        image: &str,
        recipe: &Recipe,
        anew: bool,
        tell: &(dyn Fn(&str) + Sync),
    ) -> Result<String, ImageError> {
        let mut args = self.host.build_args();
        if image == BASE {
            let root = root::root(&self.engine, anew, tell).await?;
            args.insert("ROOT".to_owned(), root);
        }
        let context = recipe.context().map_err(|e| ImageError::BreakOff {
            image: image.to_owned(),
            source: Some(Box::new(e.into())),
        })?;
        let order = Order {
            network: None,
            tag: image.to_owned(),
            dockerfile: "Dockerfile".to_owned(),
            args,
            labels: HashMap::from([
                (KIND_LABEL.to_owned(), "runner-image".to_owned()),
                (RECIPE_LABEL.to_owned(), recipe.digest.clone()),
            ]),
            cached_steps: !anew,
        };
        let context = stream::iter([Ok(context.into())]);
        let over = tokio::time::sleep(BUILD_WITHIN);
        classic::build(self.engine.docker(), order, context, over, tell)
            .await
            .map_err(|stopped| stopped_image(image, stopped))
    }

    /// Removes what an image was before, unless it has another name or something is made of it;
    /// `prune` takes it later then.
    pub(super) async fn remove_nameless(&self, id: &str) {
        let Ok(Some(old)) = super::inspect(&self.engine, id).await else {
            return;
        };
        if old.repo_tags.is_none_or(|names| names.is_empty()) {
            let options = RemoveImageOptions::default();
            let docker = self.engine.docker();
            if let Err(error) = docker.remove_image(id, Some(options), None).await {
                tracing::debug!(image = id, %error, "an outdated image stays");
            }
        }
    }
}

fn stopped_image(image: &str, stopped: Stopped) -> ImageError {
    let image = image.to_owned();
    match stopped {
        Stopped::Step { step, message, log } => ImageError::Build {
            image,
            reason: sentence::of_step(step.as_deref(), &message),
            log,
        },
        Stopped::Time { step, log } => ImageError::Build {
            image,
            reason: sentence::of_time(step.as_deref(), BUILD_WITHIN),
            log,
        },
        Stopped::Engine(error) => ImageError::BreakOff {
            image,
            source: Some(Box::new(error)),
        },
        Stopped::NoImage => ImageError::BreakOff {
            image,
            source: None,
        },
    }
}
