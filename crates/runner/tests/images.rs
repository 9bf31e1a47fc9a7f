//! Making the images of ours. Needs an engine; fails where there is none.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "scratch/engine.rs"]
mod scratch;

use std::{fs, path::Path};

use bollard::{
    models::ContainerCreateBody,
    query_parameters::{
        CreateContainerOptions, InspectContainerOptions, LogsOptionsBuilder,
        RemoveContainerOptions, StartContainerOptions, TagImageOptionsBuilder,
    },
};
use futures_util::StreamExt;
use runner::{
    HostNetwork, RunnerEvent,
    images::{ImageError, ImageKind, ImageStore},
};
use scratch::{Scratch, Told};
use tempfile::TempDir;

const RECIPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runner-images");

fn store(scratch: &Scratch, recipes: &Path) -> ImageStore {
    ImageStore::new(
        scratch.engine.clone(),
        recipes,
        HostNetwork::of_environment(),
    )
    .unwrap()
}

/// A recipe that needs nothing and is unlike those of other tests, whose images would be the same
/// ones; and the name of its image.
fn recipe(scratch: &Scratch, dockerfile: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("test-{}", scratch.word);
    fs::create_dir(folder.path().join(&name)).unwrap();
    fs::write(folder.path().join(&name).join("Dockerfile"), dockerfile).unwrap();
    fs::write(folder.path().join(&name).join("file"), &name).unwrap();
    let image = format!("tryout/{name}:1");
    scratch.remove_later(&image);
    (folder, image)
}

fn change(folder: &TempDir, scratch: &Scratch, file: &str, content: &str) {
    let recipe = folder.path().join(format!("test-{}", scratch.word));
    fs::write(recipe.join(file), content).unwrap();
}

/// Runs a command in a container of an image: whether it succeeded and what it printed.
async fn run(scratch: &Scratch, image: &str, command: &[&str]) -> (bool, String) {
    let body = ContainerCreateBody {
        image: Some(image.to_owned()),
        cmd: Some(command.iter().map(|word| (*word).to_owned()).collect()),
        labels: Some([("tryout.test".to_owned(), scratch.word.clone())].into()),
        ..ContainerCreateBody::default()
    };
    let docker = scratch.docker();
    let id = docker
        .create_container(None::<CreateContainerOptions>, body)
        .await
        .unwrap()
        .id;
    docker
        .start_container(&id, None::<StartContainerOptions>)
        .await
        .unwrap();
    let options = LogsOptionsBuilder::new()
        .follow(true)
        .stdout(true)
        .stderr(true)
        .build();
    let mut printed = String::new();
    let mut logs = docker.logs(&id, Some(options));
    while let Some(Ok(line)) = logs.next().await {
        printed.push_str(&line.to_string());
    }
    let state = docker
        .inspect_container(&id, None::<InspectContainerOptions>)
        .await
        .unwrap()
        .state
        .unwrap();
    (state.exit_code == Some(0), printed)
}

const SMALL: &str = "FROM scratch\nCOPY file /file\nCMD [\"/file\"]\n";

#[tokio::test]
async fn our_own_recipes_make_images_that_work() {
    let scratch = Scratch::new().await;
    let store = store(&scratch, Path::new(RECIPES));
    let names: Vec<_> = store.names().collect();
    for name in [
        "tryout/base:trixie",
        "tryout/holder:1",
        "tryout/mariadb:11.8",
        "tryout/postgres:17",
        "tryout/python:3.13",
        "tryout/redis:8",
        "tryout/sidecar:1",
        "tryout/valkey:8",
    ] {
        assert!(names.contains(&name), "{names:?}");
    }
    let ids = store.ensure(&names, &Told::default()).await.unwrap();
    assert_eq!(ids.len(), names.len());

    let again = Told::default();
    assert_eq!(store.ensure(&names, &again).await.unwrap(), ids);
    assert_eq!(*again.0.lock().unwrap(), [], "nothing is made twice");

    for (image, command, expected) in [
        (
            "tryout/python:3.13",
            "python --version; which pip; test -w /opt/venv && echo writable",
            "Python 3.13.\n/opt/venv/bin/pip\nwritable",
        ),
        (
            "tryout/python:3.13",
            "python -c 'import ssl; print(len(ssl.create_default_context().get_ca_certs()) > 50)'",
            "True",
        ),
        (
            "tryout/postgres:17",
            "id -un; cat $PGDATA/PG_VERSION; ls $PGDATA/postmaster.pid 2>/dev/null || echo stopped",
            "postgres\n17\nstopped",
        ),
        (
            "tryout/mariadb:11.8",
            "id -un; mariadbd --version; ls /var/lib/mysql/mysql/global_priv.MAI",
            "mysql\n11.8.\n/var/lib/mysql/mysql/global_priv.MAI",
        ),
        (
            "tryout/redis:8",
            "id -un; redis-server --version; ls /etc/redis 2>&1 || true",
            "redis\nRedis server v=8.\nNo such file",
        ),
        (
            "tryout/valkey:8",
            "id -un; valkey-server --version; ls /etc/valkey 2>&1 || true",
            "valkey\nValkey server v=8.\nNo such file",
        ),
        (
            "tryout/sidecar:1",
            "id -u; sidecar 2>&1 || true",
            "65534\nusage: sidecar stub|steer FOLDER",
        ),
        ("tryout/holder:1", "nft --version", "nftables v1."),
    ] {
        let (success, printed) = run(&scratch, image, &["sh", "-c", command]).await;
        assert!(success, "{image}: {printed}");
        for line in expected.lines() {
            assert!(printed.contains(line), "{image}: {printed}");
        }
    }
}

#[tokio::test]
async fn a_recipe_is_used_once_until_it_changes() {
    let scratch = Scratch::new().await;
    let (folder, image) = recipe(&scratch, SMALL);
    let made = async || {
        let told = Told::default();
        let ids = store(&scratch, folder.path())
            .ensure(&[&image], &told)
            .await
            .unwrap();
        let began = told.0.lock().unwrap().len();
        (ids[&image].clone(), began > 0)
    };
    let (first, built) = made().await;
    assert!(built);
    assert_eq!(made().await, (first.clone(), false));

    change(&folder, &scratch, "file", "2");
    let (second, built) = made().await;
    assert!(built);
    assert_ne!(first, second);
    assert_eq!(made().await, (second, false));
    let old = scratch.docker().inspect_image(&first).await;
    assert!(old.is_err(), "what the recipe made before is gone");
}

#[tokio::test]
async fn other_certificates_of_the_host_make_another_base() {
    let scratch = Scratch::new().await;
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("base")).unwrap();
    let path = folder.path().join("base/Dockerfile");
    fs::write(path, "FROM scratch\nCOPY host.crt /\n").unwrap();
    // The recipe is only looked at: the name of the base is everybody's.
    let digest = |certificates: &str| {
        let host = HostNetwork::with_certificates(certificates.as_bytes().to_vec());
        let store = ImageStore::new(scratch.engine.clone(), folder.path(), host).unwrap();
        store
            .recipe_digest("tryout/base:trixie")
            .unwrap()
            .to_owned()
    };
    assert_eq!(digest("a"), digest("a"));
    assert_ne!(digest("a"), digest("b"));
}

#[tokio::test]
async fn building_anew_makes_another_image_of_the_same_recipe() {
    let scratch = Scratch::new().await;
    let (folder, image) = recipe(&scratch, SMALL);
    let store = store(&scratch, folder.path());
    let first = store.build_all(false, &Told::default()).await.unwrap();
    assert_eq!(
        store.build_all(false, &Told::default()).await.unwrap(),
        first
    );
    let anew = store.build_all(true, &Told::default()).await.unwrap();
    assert_ne!(anew[&image], first[&image]);
}

#[tokio::test]
async fn many_who_ask_at_once_get_one_image_made_once() {
    let scratch = Scratch::new().await;
    let (folder, image) = recipe(&scratch, SMALL);
    // Stores of their own stand for processes of their own.
    let stores: Vec<_> = (0..4).map(|_| store(&scratch, folder.path())).collect();
    let told = Told::default();
    let asked = [&*image];
    let all = stores
        .iter()
        .flat_map(|store| [store.ensure(&asked, &told), store.ensure(&asked, &told)]);
    let ids: Vec<_> = futures_util::future::try_join_all(all).await.unwrap();
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
    let began = |event: &&RunnerEvent| matches!(event, RunnerEvent::Started(_));
    assert_eq!(told.0.lock().unwrap().iter().filter(began).count(), 1);
}

#[tokio::test]
async fn a_recipe_that_fails_is_an_error_of_ours_with_its_step() {
    let scratch = Scratch::new().await;
    let (folder, image) = recipe(&scratch, "FROM scratch\nCOPY nothing /\n");
    let error = store(&scratch, folder.path())
        .ensure(&[&image], &Told::default())
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, ImageError::Build { .. }), "{text}");
    assert!(
        text.contains(&image) && text.contains("COPY nothing /"),
        "{text}"
    );
}

#[tokio::test]
async fn an_image_without_a_recipe_is_named_beside_those_that_have_one() {
    let scratch = Scratch::new().await;
    let error = store(&scratch, Path::new(RECIPES))
        .ensure(&["tryout/cobol:85"], &Told::default())
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("tryout/cobol:85"), "{error}");
    assert!(error.contains("tryout/python:3.13"), "{error}");
}

#[tokio::test]
async fn images_are_listed_by_kind_and_removed_unless_in_use() {
    let scratch = Scratch::new().await;
    let (folder, image) = recipe(&scratch, SMALL);
    let store = store(&scratch, folder.path());
    store.ensure(&[&image], &Told::default()).await.unwrap();
    let kept = format!("tryout-cache/test:{}", scratch.word);
    scratch.remove_later(&kept);
    let options = TagImageOptionsBuilder::new()
        .repo("tryout-cache/test")
        .tag(&scratch.word)
        .build();
    scratch
        .docker()
        .tag_image(&image, Some(options))
        .await
        .unwrap();

    let find = async |name: &str| {
        let rows = store.list().await.unwrap();
        rows.into_iter().find(|row| row.name == name)
    };
    let ours = find(&image).await.unwrap();
    let size = format!("test-{}", scratch.word).len() as u64;
    assert_eq!((ours.kind, ours.size), (ImageKind::Ours, size));
    let row = find(&kept).await.unwrap();
    assert_eq!((row.kind, row.in_use), (ImageKind::Service, false));
    assert!(row.used >= row.created);

    let body = ContainerCreateBody {
        image: Some(kept.clone()),
        labels: Some([("tryout.test".to_owned(), scratch.word.clone())].into()),
        ..Default::default()
    };
    let options = None::<CreateContainerOptions>;
    let docker = scratch.docker();
    let container = docker.create_container(options, body).await.unwrap().id;
    let in_use = find(&kept).await.unwrap();
    assert!(in_use.in_use);
    assert!(!store.remove(&in_use).await.unwrap());

    docker
        .remove_container(&container, None::<RemoveContainerOptions>)
        .await
        .unwrap();
    assert!(store.remove(&row).await.unwrap());
    assert_eq!(find(&kept).await, None);
    assert!(find(&image).await.is_some(), "only the name was removed");
    assert!(store.remove(&row).await.unwrap(), "gone is gone");
}
