//! Files of an image, read through a container that is never started.

use std::io::Read as _;

use bollard::{
    errors::Error as EngineError, models::ContainerCreateBody,
    query_parameters::DownloadFromContainerOptionsBuilder,
};
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::{SandboxError, site::Site};

/// The texts of the file at a path, or of all files in the folder there; none where there is nothing.
/// What does not end within `limit` bytes, headers and padding included, is left out.
pub(super) async fn read(
    site: &Site,
    role: &str,
    image: &str,
    path: &str,
    limit: usize,
) -> Result<Vec<String>, SandboxError> {
    let body = ContainerCreateBody {
        image: Some(image.to_owned()),
        entrypoint: Some(Vec::new()),
        cmd: Some(vec!["-".to_owned()]),
        ..Default::default()
    };
    let container = site.make_container(role, body).await?;
    let options = DownloadFromContainerOptionsBuilder::new()
        .path(path)
        .build();
    let archive = site
        .docker()
        .download_from_container(&container, Some(options))
        .scan(0, |read, piece| {
            let go_on = *read <= limit;
            *read += piece.as_ref().map_or(0, bytes::Bytes::len);
            std::future::ready(go_on.then_some(piece))
        })
        .try_fold(Vec::new(), |mut all, piece| async move {
            all.extend_from_slice(&piece);
            Ok(all)
        })
        .await;
    match archive {
        Ok(archive) => Ok(files(&archive)),
        Err(EngineError::DockerResponseServerError {
            status_code: 404, ..
        }) => Ok(Vec::new()),
        Err(source) => Err(SandboxError::ReadImage {
            role: role.to_owned(),
            path: path.to_owned(),
            source,
        }),
    }
}

/// Without what is cut off.
fn files(archive: &[u8]) -> Vec<String> {
    let mut files = Vec::new();
    let mut archive = tar::Archive::new(archive);
    let Ok(entries) = archive.entries() else {
        return files;
    };
    for mut file in entries.map_while(Result::ok) {
        if !file.header().entry_type().is_file() {
            continue;
        }
        let whole = file.size();
        let mut text = Vec::new();
        // An archive that is cut off ends without an error.
        let read = file.read_to_end(&mut text).ok();
        if read.and_then(|read| u64::try_from(read).ok()) == Some(whole) {
            files.push(String::from_utf8_lossy(&text).into_owned());
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(all: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (path, text) in all {
            let mut header = tar::Header::new_gnu();
            header.set_mode(0o644);
            header.set_size(text.len() as u64);
            archive
                .append_data(&mut header, path, text.as_bytes())
                .unwrap();
        }
        archive.into_inner().unwrap()
    }

    #[test]
    fn all_files_are_read() {
        let archive = archive(&[("d/a", "one"), ("d/b", "two")]);
        assert_eq!(files(&archive), ["one", "two"]);
    }

    #[test]
    fn a_file_that_is_cut_off_is_left_out() {
        let text = "x".repeat(2000);
        let archive = archive(&[("a", "one"), ("b", &text)]);
        assert_eq!(files(&archive[..1800]), ["one"]);
        assert_eq!(files(b"no archive"), [""; 0]);
    }
}
