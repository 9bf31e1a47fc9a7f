//! The program inside a sandbox: `sidecar stub FOLDER`, and `sidecar steer FOLDER` beside it.

use std::{
    env, fs,
    io::{self, Write as _},
    net::Ipv4Addr,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use sidecar::{
    protocol::{BEHAVIOUR_VARIABLE, ORDER_VARIABLE, STUB_PORT},
    stub::{Stub, obey, steer},
};
use tokio::net::{TcpListener, TcpSocket, UnixListener};

/// Of a connection, for each direction, in bytes.
const KERNEL_BUFFER: u32 = 64 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["stub", folder] => stand(Path::new(folder)).await,
        ["steer", folder] => order(Path::new(folder)).await,
        _ => Err("usage: sidecar stub|steer FOLDER".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            let _ = writeln!(io::stderr(), "sidecar: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Its own user's alone.
fn socket(folder: &Path) -> PathBuf {
    folder.join("stub")
}

async fn stand(folder: &Path) -> Result<(), String> {
    let behaviour = env::var(BEHAVIOUR_VARIABLE).map_err(|error| error.to_string())?;
    let behaviour = serde_json::from_str(&behaviour).map_err(|error| error.to_string())?;
    let stub = Stub::new(behaviour)?;
    let socket = socket(folder);
    // Of one that was here before and started again.
    let _ = fs::remove_file(&socket);
    let control = UnixListener::bind(&socket).map_err(|error| error.to_string())?;
    let alone = fs::Permissions::from_mode(0o600);
    fs::set_permissions(&socket, alone).map_err(|error| error.to_string())?;
    let listener = listener().map_err(|error| error.to_string())?;
    tokio::select! {
        () = stub.serve(listener) => {}
        () = obey(&stub, control) => {}
    }
    Ok(())
}

/// What the kernel keeps for connections is bounded with the rest.
fn listener() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(KERNEL_BUFFER)?;
    socket.set_recv_buffer_size(KERNEL_BUFFER)?;
    socket.bind((Ipv4Addr::UNSPECIFIED, STUB_PORT).into())?;
    socket.listen(1024)
}

async fn order(folder: &Path) -> Result<(), String> {
    let order = env::var(ORDER_VARIABLE).map_err(|error| error.to_string())?;
    let answer = steer(&socket(folder), &order).await;
    let answer = answer.map_err(|error| error.to_string())?;
    io::stdout()
        .write_all(answer.as_bytes())
        .map_err(|error| error.to_string())
}
