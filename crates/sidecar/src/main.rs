//! The program inside a sandbox: `sidecar stub FOLDER`, `sidecar proxy FOLDER PORT`, and `sidecar steer FOLDER`
//! beside either.

use std::{
    env, fs,
    io::{self, Write as _},
    net::Ipv4Addr,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use sidecar::{
    control::{Steered, obey, steer},
    protocol::{BEHAVIOUR_VARIABLE, ORDER_VARIABLE, PROXY_PORT, STUB_PORT},
    proxy::Proxy,
    stub::Stub,
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
        ["proxy", folder, port] => pass_on(Path::new(folder), port).await,
        ["steer", folder] => order(Path::new(folder)).await,
        _ => Err("usage: sidecar stub|steer FOLDER, sidecar proxy FOLDER PORT".to_owned()),
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
    folder.join("orders")
}

async fn stand(folder: &Path) -> Result<(), String> {
    let behaviour = env::var(BEHAVIOUR_VARIABLE).map_err(|error| error.to_string())?;
    let behaviour = serde_json::from_str(&behaviour).map_err(|error| error.to_string())?;
    let stub = Stub::new(behaviour)?;
    let listener = listener(STUB_PORT).map_err(|error| error.to_string())?;
    tokio::select! {
        () = stub.serve(listener) => Ok(()),
        ended = steered(&stub, folder) => ended,
    }
}

/// Stands before a port of this network namespace.
async fn pass_on(folder: &Path, port: &str) -> Result<(), String> {
    let port = port.parse::<u16>().map_err(|error| error.to_string())?;
    let proxy = Proxy::new((Ipv4Addr::LOCALHOST, port).into());
    let listener = listener(PROXY_PORT).map_err(|error| error.to_string())?;
    tokio::select! {
        () = proxy.serve(listener) => Ok(()),
        ended = steered(&proxy, folder) => ended,
    }
}

/// Whoever is heard here knows that the port is listened to.
async fn steered(steered: &impl Steered, folder: &Path) -> Result<(), String> {
    let socket = socket(folder);
    // Of one that was here before and started again.
    let _ = fs::remove_file(&socket);
    let control = UnixListener::bind(&socket).map_err(|error| error.to_string())?;
    let alone = fs::Permissions::from_mode(0o600);
    fs::set_permissions(&socket, alone).map_err(|error| error.to_string())?;
    obey(steered, control).await;
    Ok(())
}

/// What the kernel keeps for connections is bounded with the rest.
fn listener(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(KERNEL_BUFFER)?;
    socket.set_recv_buffer_size(KERNEL_BUFFER)?;
    socket.bind((Ipv4Addr::UNSPECIFIED, port).into())?;
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
