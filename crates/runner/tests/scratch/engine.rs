//! An engine for one test: what the test makes on it is known by a word of its own and is removed
//! with it, also when the test fails.

use std::sync::Mutex;

use bollard::{
    Docker,
    query_parameters::{
        ListContainersOptionsBuilder, ListImagesOptionsBuilder, RemoveContainerOptionsBuilder,
        RemoveImageOptionsBuilder,
    },
};
use runner::{Engine, Progress, RunnerEvent};

pub(crate) struct Scratch {
    pub(crate) engine: Engine,
    /// Unlike that of any other test; stands in names and commands.
    pub(crate) word: String,
    images: Mutex<Vec<String>>,
}

impl Scratch {
    pub(crate) async fn new() -> Self {
        Self {
            engine: Engine::connect()
                .await
                .expect("a container engine is needed"),
            word: format!("w{}", &uuid::Uuid::new_v4().simple().to_string()[..12]),
            images: Mutex::default(),
        }
    }

    pub(crate) fn docker(&self) -> &Docker {
        self.engine.docker()
    }

    /// Has an image removed at the end.
    pub(crate) fn remove_later(&self, image: &str) {
        self.images.lock().unwrap().push(image.to_owned());
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let images = std::mem::take(&mut *self.images.lock().unwrap());
        let docker = self.docker().clone();
        let label = format!("tryout.test={}", self.word);
        // Dropped within a runtime, which must not be blocked by another one.
        let removing = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(remove(docker, label, images));
        });
        removing.join().unwrap();
    }
}

async fn remove(docker: Docker, label: String, images: Vec<String>) {
    let filters = [("label", vec![label.as_str()])].into();
    let options = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&filters)
        .build();
    let containers = docker.list_containers(Some(options)).await;
    for container in containers.unwrap_or_default() {
        let options = RemoveContainerOptionsBuilder::new()
            .force(true)
            .v(true)
            .build();
        let id = container.id.unwrap_or_default();
        let _ = docker.remove_container(&id, Some(options)).await;
    }
    for image in images {
        let options = RemoveImageOptionsBuilder::new().force(true).build();
        let _ = docker.remove_image(&image, Some(options), None).await;
    }
    let filters = [("label", vec![label.as_str()])].into();
    let options = ListImagesOptionsBuilder::new()
        .all(false)
        .filters(&filters)
        .build();
    for image in docker.list_images(Some(options)).await.unwrap_or_default() {
        let options = RemoveImageOptionsBuilder::new().force(true).build();
        let _ = docker.remove_image(&image.id, Some(options), None).await;
    }
}

/// Keeps what is told.
#[derive(Default)]
pub(crate) struct Told(pub(crate) Mutex<Vec<RunnerEvent>>);

impl Progress for Told {
    fn tell(&self, event: RunnerEvent) {
        self.0.lock().unwrap().push(event);
    }
}
