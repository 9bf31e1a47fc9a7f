//! What tools said of files before: the same files are not looked at again. One small file for each, in a
//! folder of the user's caches.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Findings, Sources, ToolRun};
use crate::snapshot::hex;

/// Of what is kept, and of how tools' words are read; another one leaves what was kept alone.
const FORM: &str = "1";
/// So many are kept, the latest.
const MOST: usize = 500;
/// A larger file is none of ours.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Where it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    folder: PathBuf,
}

/// What one tool said.
#[derive(Debug, Serialize, Deserialize)]
struct Said {
    tool: String,
    version: Option<String>,
    findings: Findings,
}

/// The name of what the tools of an image say of some sources.
pub(crate) fn key(sources: &Sources, image: &str) -> String {
    let mut hash = Sha256::new();
    for part in [FORM, image, sources.language.name] {
        hash.update(part);
        hash.update([0]);
    }
    for tool in sources.language.tools {
        hash.update(tool.command);
        hash.update([0]);
    }
    hash.update(&sources.tar);
    format!("{}.json", hex(&hash.finalize()))
}

impl Kept {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// What was said; none where it is not known.
    pub(crate) fn find(&self, key: &str, sources: &Sources) -> Option<Vec<ToolRun>> {
        let path = self.folder.join(key);
        if fs::metadata(&path).ok()?.len() > LARGEST {
            return None;
        }
        let kept: Vec<Said> = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
        let tools = sources.language.tools.iter();
        let said = tools.zip(kept).map(|(tool, kept)| {
            (tool.name == kept.tool).then_some(ToolRun {
                tool: tool.name,
                about: tool.about,
                version: kept.version,
                said: Ok(kept.findings),
            })
        });
        let said: Vec<_> = said.collect::<Option<_>>()?;
        (said.len() == sources.language.tools.len()).then_some(said)
    }

    /// Keeps what was said, if all tools said something: what kept one from it may be over the next time.
    pub(crate) fn keep(&self, key: &str, runs: &[ToolRun]) {
        let said = runs.iter().map(|run| {
            Some(Said {
                tool: run.tool.to_owned(),
                version: run.version.clone(),
                findings: run.said.as_ref().ok()?.clone(),
            })
        });
        let Some(said) = said.collect::<Option<Vec<_>>>() else {
            return;
        };
        if let Err(error) = self.write(key, &said) {
            let folder = self.folder.display();
            tracing::warn!(%error, %folder, "what tools said is not kept");
        }
    }

    fn write(&self, key: &str, said: &[Said]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec(said)?)?;
        file.persist(self.folder.join(key))
            .map_err(|error| error.error)?;
        self.forget()
    }

    /// Removes the oldest, where there are too many.
    fn forget(&self) -> io::Result<()> {
        let mut all = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let written = entry.metadata().and_then(|of| of.modified());
            all.push((written.unwrap_or(SystemTime::UNIX_EPOCH), entry.path()));
        }
        all.sort_unstable();
        for (_, path) in &all[..all.len().saturating_sub(MOST)] {
            // Another process may have been first.
            let _ = fs::remove_file(path);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        practice::Finding,
        snapshot::{Snapshot, SubmissionLimits},
    };

    fn sources(code: &str) -> Sources {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.go"), code).unwrap();
        let limits = SubmissionLimits {
            files: 10,
            bytes: 1024,
        };
        let snapshot = Snapshot::of_folder(folder.path(), limits).unwrap();
        Sources::of(&snapshot, None).unwrap().unwrap()
    }

    fn said(sources: &Sources) -> Vec<ToolRun> {
        let tools = sources.language.tools.iter();
        let said = tools.map(|tool| {
            let mut findings = Findings::default();
            findings.add(Finding {
                file: "main.go".to_owned(),
                rule: format!("rule of {}", tool.name),
                ..Finding::default()
            });
            ToolRun {
                tool: tool.name,
                about: tool.about,
                version: Some("1.2".to_owned()),
                said: Ok(findings),
            }
        });
        said.collect()
    }

    #[test]
    fn the_same_is_known_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::new(&folder.path().join("practice"));
        let (one, other) = (sources("package main\n"), sources("package other\n"));
        let name = key(&one, "sha256:1");
        assert_eq!(kept.find(&name, &one), None);
        kept.keep(&name, &said(&one));
        assert_eq!(kept.find(&name, &one), Some(said(&one)));
        assert_eq!(kept.find(&key(&other, "sha256:1"), &other), None);
        assert_eq!(kept.find(&key(&one, "sha256:2"), &one), None);
        fs::write(kept.folder.join(&name), "[]").unwrap();
        assert_eq!(kept.find(&name, &one), None);
    }

    #[test]
    fn what_a_tool_did_not_come_to_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::new(folder.path());
        let one = sources("package main\n");
        let mut runs = said(&one);
        runs[0].said = Err("it took too long".to_owned());
        kept.keep("some.json", &runs);
        assert_eq!(kept.find("some.json", &one), None);
    }

    #[test]
    fn only_the_latest_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::new(folder.path());
        for number in 0..MOST + 3 {
            fs::write(folder.path().join(format!("{number}.json")), "[]").unwrap();
        }
        let one = sources("package main\n");
        kept.keep("latest.json", &said(&one));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), MOST);
        assert!(kept.find("latest.json", &one).is_some());
    }
}
