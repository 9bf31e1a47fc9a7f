//! Hosts of the tests' own, on the loopback address: git over https and over ssh, and an engine over TLS.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
};

use crate::support::root;

/// A server that ends with this.
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
    /// Kept open, so that what it says later goes somewhere.
    #[expect(dead_code, reason = "held, not read")]
    log: BufReader<ChildStderr>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn run(folder: &Path, words: &[&str]) {
    let done = Command::new(words[0])
        .args(&words[1..])
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap_or_else(|error| panic!("{words:?}: {error}"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{words:?}: {said}");
}

/// The repositories in a folder over https. Who trusts `certificate.pem` in `scratch` reaches them.
pub(crate) fn https(repositories: &Path, scratch: &Path) -> Server {
    let certificate = [
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"].as_slice(),
        &["-days", "2", "-subj", "/CN=127.0.0.1"],
        &["-addext", "subjectAltName=IP:127.0.0.1"],
        &["-keyout", "key.pem", "-out", "certificate.pem"],
    ]
    .concat();
    run(scratch, &certificate);
    let mut program = Command::new("python3");
    program
        .arg(root().join("crates/cli/tests/servers/git_https.py"))
        .arg(repositories)
        .args(["certificate.pem", "key.pem"]);
    started(program.current_dir(scratch))
}

/// The engine of this machine over TLS, for whoever has the certificates in `scratch`.
pub(crate) fn engine(scratch: &Path) -> Server {
    let settings = "[req]\ndistinguished_name = name\nx509_extensions = extensions\nprompt = no\n\
        [name]\nCN = 127.0.0.1\n[extensions]\nsubjectAltName = IP:127.0.0.1\n\
        basicConstraints = critical, CA:FALSE\n";
    fs::write(scratch.join("settings"), settings).unwrap();
    let certificate = [
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"].as_slice(),
        &["-days", "2", "-config", "settings"],
        &["-keyout", "key.pem", "-out", "cert.pem"],
    ]
    .concat();
    run(scratch, &certificate);
    fs::copy(scratch.join("cert.pem"), scratch.join("ca.pem")).unwrap();
    let mut program = Command::new("python3");
    program
        .arg(root().join("crates/cli/tests/servers/engine_tls.py"))
        .arg(scratch);
    started(&mut program)
}

/// One whose first line says its port.
fn started(program: &mut Command) -> Server {
    let mut process = program.stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap());
    let mut port = String::new();
    log.read_line(&mut port).unwrap();
    let port = port.trim().parse().unwrap();
    Server { process, port, log }
}

/// A server for ssh. Who calls it by `bin/ssh` in `scratch` has its key, and knows the server's.
pub(crate) fn ssh(scratch: &Path) -> Server {
    for key in ["host", "client"] {
        let words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key];
        run(scratch, &words);
    }
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let at = scratch.display();
    let server = format!(
        "ListenAddress 127.0.0.1:{port}\nHostKey {at}/host\nPidFile none\nUsePAM no\n\
         AuthorizedKeysFile {at}/client.pub\nStrictModes no\nPasswordAuthentication no\n"
    );
    fs::write(scratch.join("sshd_config"), server).unwrap();
    let host = fs::read_to_string(scratch.join("host.pub")).unwrap();
    fs::write(scratch.join("known"), format!("[127.0.0.1]:{port} {host}")).unwrap();
    let client = format!(
        "IdentityFile {at}/client\nIdentitiesOnly yes\nUserKnownHostsFile {at}/known\n\
         GlobalKnownHostsFile /dev/null\n"
    );
    fs::write(scratch.join("ssh_config"), client).unwrap();
    let program = scratch.join("bin/ssh");
    fs::create_dir(scratch.join("bin")).unwrap();
    let call = format!(
        "#!/bin/sh\nexec {} -F {at}/ssh_config \"$@\"\n",
        on_path("ssh")
    );
    fs::write(&program, call).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    // Where root starts it, it wants an empty folder there, which a system's own start makes.
    let _ = fs::create_dir_all("/run/sshd");
    let mut process = Command::new("/usr/sbin/sshd")
        .args(["-D", "-e", "-f"])
        .arg(scratch.join("sshd_config"))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("sshd: {error}; `tools/set-up tests` installs it"));
    let mut log = BufReader::new(process.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("Server listening") {
        let read = log.read_line(&mut said).unwrap();
        assert!(read > 0, "sshd: {said}");
    }
    Server { process, port, log }
}

fn on_path(program: &str) -> String {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&folders).map(|folder: PathBuf| folder.join(program));
    let found = files.find(|file| file.is_file());
    found.expect(program).display().to_string()
}
