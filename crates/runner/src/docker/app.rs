//! The submission's own container.

mod user;

use std::collections::{BTreeMap, HashMap};

use bollard::{
    errors::Error as EngineError,
    models::{ContainerCreateBody, HostConfig, ImageConfig},
};

use super::{SandboxError, holder::Holder, limits, loosening::Part, site::Site};
use crate::{AppSpec, SandboxSpec, service, setup};

use user::User;

/// What the container is called in labels of ours, names and messages.
pub(super) const ROLE: &str = "app";
/// `/dev/shm`, in bytes; the engine's own default.
pub(super) const SHARED_MEMORY: u64 = 64 * 1024 * 1024;
/// Folders that the image wants writable; they share the size of `/tmp`.
const VOLUMES: usize = 8;

/// A container that is made and not started, or why the submission cannot have one.
#[derive(Debug)]
pub(super) enum Made {
    Container(String),
    Refused { exit: String },
}

/// What came of starting it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Started {
    Runs,
    Refused { exit: String },
}

/// What a container of a submission is made from: the app's, and its migration's, which differ in
/// nothing but the command.
#[derive(Debug)]
pub(super) struct Mold {
    image: String,
    user: User,
    tmpfs: HashMap<String, String>,
}

/// One of its processes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Process<'a> {
    /// What its container is called.
    pub(super) role: &'a str,
    /// What the shell is given; the image's own command without.
    pub(super) command: Option<&'a str>,
}

/// Looks at an image; in the inner error, why no container is made of it.
pub(super) async fn mold(
    site: &Site,
    spec: &SandboxSpec,
    image: &str,
) -> Result<Result<Mold, String>, SandboxError> {
    let inspected = site.docker().inspect_image(image).await;
    let config = inspected
        .map_err(|source| SandboxError::InspectImage {
            image: image.to_owned(),
            source,
        })?
        .config
        .unwrap_or_default();
    let user = match User::of_image(site, image, config.user.as_deref()).await? {
        Ok(user) => user,
        Err(exit) => return Ok(Err(exit)),
    };
    Ok(tmpfs(&spec.app, &config).map(|tmpfs| Mold {
        image: image.to_owned(),
        user,
        tmpfs,
    }))
}

/// Makes a container in the app's holder's namespace.
pub(super) async fn make(
    site: &Site,
    spec: &SandboxSpec,
    holder: &Holder,
    mold: &Mold,
    process: Process<'_>,
    control: &str,
) -> Result<Made, SandboxError> {
    let mut body = body(
        site,
        spec,
        holder,
        &mold.image,
        mold.user,
        mold.tmpfs.clone(),
    );
    if let Some(command) = process.command {
        body.entrypoint = Some(Vec::new());
        body.cmd = Some(setup::arguments(command));
    }
    site.loosen(Part::App, &mut body);
    match site.make_container(process.role, body.clone()).await {
        Ok(id) => Ok(Made::Container(id)),
        Err(error) => Box::pin(refused(site, body, control, error))
            .await
            .map(|exit| Made::Refused { exit }),
    }
}

/// Starts it, first or again.
pub(super) async fn start(
    site: &Site,
    spec: &SandboxSpec,
    holder: &Holder,
    (role, container): (&str, &str),
    control: &str,
) -> Result<Started, SandboxError> {
    let Err(error) = site.start(role, container).await else {
        return Ok(Started::Runs);
    };
    let mut body = body(site, spec, holder, "", User::default(), HashMap::new());
    let inspected = site.inspect(role, container).await?;
    body.user = inspected.config.and_then(|config| config.user);
    let exit = Box::pin(refused(site, body, control, error)).await?;
    // Whatever was in the engine's way the first time may be gone.
    match site.start(role, container).await {
        Ok(()) => Ok(Started::Runs),
        Err(_) => Ok(Started::Refused { exit }),
    }
}

/// Whether the engine refused the submission, or would refuse anything: a container alike in all but
/// the submission's image and user is started. Where that runs, the image is at fault, unless the user
/// is one that this engine lacks.
async fn refused(
    site: &Site,
    mut body: ContainerCreateBody,
    control: &str,
    error: SandboxError,
) -> Result<String, SandboxError> {
    let (SandboxError::MakeContainer { source, .. } | SandboxError::StartContainer { source, .. }) =
        &error
    else {
        return Err(error);
    };
    let EngineError::DockerResponseServerError {
        status_code,
        message,
    } = source
    else {
        return Err(error);
    };
    // The image or the container has been removed by somebody.
    if *status_code == 404 {
        return Err(error);
    }
    let message = in_few_words(message);
    let asked = body.user.replace(User::default().to_string());
    body.image = Some(control.to_owned());
    body.entrypoint = Some(Vec::new());
    body.cmd = Some(vec!["true".to_owned()]);
    if let Some(host_config) = &mut body.host_config {
        host_config.tmpfs = None;
    }
    if !runs(site, "control", body.clone()).await {
        return Err(error);
    }
    if let Some(user) = asked.filter(|user| user::is_elsewhere(user))
        && user::are_few(&site.docker().info().await.unwrap_or_default())
    {
        body.user = Some(user.clone());
        if !runs(site, "control-user", body).await {
            return Err(SandboxError::NoSuchUser { user });
        }
    }
    Ok(message)
}

/// Whether the engine makes a container and starts it.
async fn runs(site: &Site, what: &str, body: ContainerCreateBody) -> bool {
    let role = format!("{ROLE}-{what}");
    match site.make_container(&role, body).await {
        Ok(id) => site.start(&role, &id).await.is_ok(),
        Err(_) => false,
    }
}

/// What the engine says, without the names of the programs it said it through.
fn in_few_words(message: &str) -> String {
    let told = message
        .rsplit_once("unable to start container process: ")
        .map_or(message, |(_, told)| told);
    let told = told.strip_suffix(": unknown").unwrap_or(told);
    format!("it could not be started: {told}")
        .chars()
        .take(400)
        .collect()
}

fn body(
    site: &Site,
    spec: &SandboxSpec,
    holder: &Holder,
    image: &str,
    user: User,
    tmpfs: HashMap<String, String>,
) -> ContainerCreateBody {
    let limits = &spec.app.limits;
    ContainerCreateBody {
        image: Some(image.to_owned()),
        user: Some(user.to_string()),
        env: Some(environment(spec)),
        healthcheck: Some(limits::no_health_check()),
        host_config: Some(HostConfig {
            network_mode: Some(holder.network_mode()),
            runtime: site.runtime(),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            readonly_rootfs: Some(true),
            tmpfs: Some(tmpfs),
            shm_size: Some(limits::bytes(SHARED_MEMORY)),
            ulimits: Some(vec![limits::open_files(limits.open_files)]),
            log_config: Some(limits::log(limits.log)),
            ..limits::host_config(limits.memory, limits.cpus, limits.pids)
        }),
        ..Default::default()
    }
}

/// `/tmp` and what the image declares as a volume, which would else be writable without bounds.
fn tmpfs(app: &AppSpec, image: &ImageConfig) -> Result<HashMap<String, String>, String> {
    let mut folders = vec!["/tmp".to_owned()];
    for volume in image.volumes.iter().flatten() {
        // `/tmp/` is `/tmp`.
        let volume = volume.trim_end_matches('/').to_owned();
        if !folders.contains(&volume) {
            folders.push(volume);
        }
    }
    if folders.len() > VOLUMES {
        let declared = folders.len() - 1;
        return Err(format!(
            "its image declares {declared} volumes, more than {}",
            VOLUMES - 1
        ));
    }
    // Some runtimes unpack code of theirs into /tmp and run it there.
    let options = format!("rw,exec,nosuid,nodev,size={},mode=1777", app.limits.tmp);
    Ok(folders
        .into_iter()
        .map(|folder| (folder, options.clone()))
        .collect())
}

fn environment(spec: &SandboxSpec) -> Vec<String> {
    let mut all = BTreeMap::from([
        ("HOME".to_owned(), "/tmp".to_owned()),
        // Its number has no name in the image, which some programs stumble over.
        ("USER".to_owned(), "app".to_owned()),
    ]);
    all.extend(spec.app.env.clone());
    for service in &spec.services {
        let kind = service::of(&service.kind);
        let url = kind.app_url(&service.name, kind.port());
        all.insert(service.env.clone(), url);
    }
    all.insert("PORT".to_owned(), spec.app.port.to_string());
    all.into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_words_are_shortened() {
        let message = "failed to create shim task: OCI runtime create failed: runc create failed: \
            unable to start container process: exec: \"/nope\": stat /nope: no such file or directory: unknown";
        assert_eq!(
            in_few_words(message),
            "it could not be started: exec: \"/nope\": stat /nope: no such file or directory"
        );
        assert!(in_few_words(&"x".repeat(10_000)).len() <= 400);
    }
}
