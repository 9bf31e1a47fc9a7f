//! A PostgreSQL server of this host, with a data folder of its own.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustix::process::Signal;

use super::{Installed, Start, number};
use crate::{
    PostgresSpec,
    local::{
        LocalError,
        child::Child,
        program::version,
        search::Search,
        site::{give, unready},
    },
    service::{Kind as _, PrepareFailure, counting},
};

/// What it takes, in one folder.
const PROGRAMS: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];
/// Those of the image of ours. A setting of later versions stands among them.
const SETTINGS: &str = include_str!("../../../../../runner-images/postgres-17/tryout.conf");
const ACCESS: &str = include_str!("../../../../../runner-images/postgres-17/pg_hba.conf");
/// With the first version that knows it.
const LATER: (&str, u32) = ("reserved_connections", 16);

pub(super) async fn find(search: &Search, spec: &PostgresSpec) -> Result<Installed, String> {
    let mut all = Vec::new();
    for folder in search.together(&PROGRAMS) {
        let said = version(&folder.join("postgres"), &["--version"]).await;
        if let Some(version) = said.as_deref().and_then(number) {
            all.push((folder, version));
        }
    }
    let (folder, version) = best(all, &spec.version).ok_or_else(|| {
        "PostgreSQL is not installed here; as root on Debian: apt-get install postgresql".to_owned()
    })?;
    Ok(Installed {
        folder,
        server: "postgres",
        title: "PostgreSQL",
        version,
    })
}

/// The version that is asked for, else the latest.
fn best(all: Vec<(PathBuf, String)>, wanted: &str) -> Option<(PathBuf, String)> {
    let is_wanted = |version: &str| major(version) == major(wanted);
    all.into_iter()
        .max_by_key(|(_, version)| (is_wanted(version), major(version)))
}

fn major(version: &str) -> u32 {
    let digits = version.split(|c: char| !c.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

impl Start<'_> {
    pub(super) async fn postgres(&self, spec: &PostgresSpec) -> Result<Arc<Child>, LocalError> {
        let data = self.folder.join("data");
        self.initialise(&data).await?;
        self.first_state(spec, &data).await?;
        let mut program = vec![self.installed.path(self.installed.server), "-D".into()];
        program.push(data.into());
        program.extend(["-c", "listen_addresses=127.0.0.1", "-p"].map(Into::into));
        program.push(self.port.to_string().into());
        program.push("-k".into());
        program.push(self.folder.into());
        program.extend(counting(spec).map(Into::into));
        // Without waiting for anybody: nothing of it is kept.
        self.spawn(&self.spec.name, program, self.environment(), Signal::QUIT)
    }

    async fn initialise(&self, data: &Path) -> Result<(), LocalError> {
        let mut program = vec![self.installed.path("initdb"), "-D".into(), data.into()];
        let options = [
            "--no-sync",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
        ];
        program.extend(options.map(Into::into));
        let (code, printed) = self.run(program, self.environment()).await?;
        if code != Some(0) {
            return Err(self.unprepared(&printed.join("\n")));
        }
        let settings = data.join("postgresql.conf");
        let appended = fs::OpenOptions::new().append(true).open(&settings);
        let appended = appended
            .and_then(|mut file| file.write_all(settings_of(&self.installed.version).as_bytes()));
        appended.map_err(unready(&settings))?;
        let access = data.join("pg_hba.conf");
        // Its socket lies in a folder that only its user enters.
        fs::write(&access, ACCESS.replace("peer", "trust")).map_err(unready(&access))
    }

    async fn first_state(&self, spec: &PostgresSpec, data: &Path) -> Result<(), LocalError> {
        let Some(state) = spec.first_state() else {
            return Ok(());
        };
        let seeds = self.folder.join("seeds");
        fs::create_dir(&seeds).map_err(unready(&seeds))?;
        give(&seeds, self.user)?;
        for (name, file) in state.files() {
            let path = seeds.join(name);
            fs::write(&path, &file.sql).map_err(unready(&path))?;
            give(&path, self.user)?;
        }
        let mut environment = self.environment();
        let mut path = self.installed.folder.clone().into_os_string();
        path.push(":");
        path.push(&environment["PATH"]);
        environment.extend([
            ("PATH".to_owned(), path),
            ("PGDATA".to_owned(), data.into()),
            ("DATABASE".to_owned(), state.database.into()),
            ("APP_PASSWORD".to_owned(), state.app_password.into()),
            ("GRADER_PASSWORD".to_owned(), self.grader_password.into()),
            ("SEEDS".to_owned(), seeds.clone().into()),
            ("SCRATCH".to_owned(), self.folder.into()),
        ]);
        let program = ["/bin/sh", "-c", state.script].map(Into::into).to_vec();
        let (_, printed) = self.run(program, environment).await?;
        let checked = state.check(&seeds.display().to_string(), printed);
        checked.map_err(|failure: PrepareFailure| self.unprepared(&failure.to_string()))
    }
}

/// Those that a version knows.
fn settings_of(version: &str) -> String {
    let (name, first) = LATER;
    let known = |line: &&str| major(version) >= first || !line.starts_with(name);
    let lines: Vec<_> = SETTINGS.lines().filter(known).collect();
    format!("\n{}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_asked_for_is_taken_before_the_latest() {
        let all = || {
            let versions = ["9.6.24", "15.18", "17.2", "16.1"];
            versions.map(|v| (PathBuf::from(v), v.to_owned())).to_vec()
        };
        assert_eq!(best(all(), "16").unwrap().1, "16.1");
        assert_eq!(best(all(), "18").unwrap().1, "17.2");
        assert_eq!(best(Vec::new(), "17"), None);
    }

    #[test]
    fn a_setting_of_later_versions_is_left_out_for_earlier_ones() {
        assert!(settings_of("16.1").contains("\nreserved_connections = 5"));
        let old = settings_of("15.18");
        assert!(!old.contains("\nreserved_connections"));
        assert!(old.contains("\nmax_connections = 100"));
        assert!(ACCESS.contains("peer"), "what is replaced is not there");
    }
}
