//! One connection of the submission's, and the one to the service that stands for it.

use std::io;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpSocket, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
};

use super::{
    Proxy,
    line::{self, PIECE},
};

/// Of a connection, for each direction, in bytes: what the kernel keeps is bounded with the rest.
pub(crate) const KERNEL_BUFFER: u32 = 64 * 1024;

/// How one direction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing more is said.
    Said,
    /// The service has broken it off.
    Broken,
}

/// The submission has broken it off.
#[derive(Debug)]
struct Gone;

/// Passes on both ways until both have ended.
pub(super) async fn pass(proxy: &Proxy, mut client: TcpStream) {
    let Ok(mut server) = connect(proxy).await else {
        reset(&client);
        return;
    };
    // Small answers are not to wait for one another.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    if !passed(proxy, &mut client, &mut server).await {
        reset(&client);
        reset(&server);
    }
}

async fn connect(proxy: &Proxy) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_send_buffer_size(KERNEL_BUFFER)?;
    socket.set_recv_buffer_size(KERNEL_BUFFER)?;
    socket.connect(proxy.to).await
}

/// Closes with a reset instead of an end.
fn reset(stream: &TcpStream) {
    // One that cannot be told how to close closes all the same.
    let _ = stream.set_zero_linger();
}

/// Whether both directions came to an end of their own.
async fn passed(proxy: &Proxy, client: &mut TcpStream, server: &mut TcpStream) -> bool {
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let mut there = std::pin::pin!(at_once(from_client, to_server));
    let mut back = std::pin::pin!(later(proxy, from_server, to_client));
    let (mut said, mut answered) = (None, None);
    while said.is_none() || answered.is_none() {
        tokio::select! {
            end = &mut there, if said.is_none() => match end {
                Ok(end) => said = Some(end),
                Err(Gone) => return false,
            },
            end = &mut back, if answered.is_none() => match end {
                Ok(End::Said) => answered = Some(End::Said),
                Ok(End::Broken) | Err(Gone) => return false,
            },
        }
    }
    said == Some(End::Said)
}

/// What the submission says. That the service does not hear it any more, the submission hears in the other
/// direction, behind what is still on its way to it.
async fn at_once(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> Result<End, Gone> {
    let mut buffer = vec![0; PIECE];
    loop {
        let read = from.read(&mut buffer).await.map_err(|_| Gone)?;
        let passed = match read {
            0 => to.shutdown().await,
            read => to.write_all(&buffer[..read]).await,
        };
        match passed {
            Err(_) => return Ok(End::Broken),
            Ok(()) if read == 0 => return Ok(End::Said),
            Ok(()) => {}
        }
    }
}

/// What the service says.
async fn later(proxy: &Proxy, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> Result<End, Gone> {
    let (entrance, mut exit) = line::new(proxy.room.clone(), proxy.delay.subscribe());
    let reading = async {
        let mut buffer = vec![0; PIECE];
        let end = loop {
            match from.read(&mut buffer).await {
                Ok(0) => break End::Said,
                Ok(read) => entrance.put(&buffer[..read]).await,
                Err(_) => break End::Broken,
            }
        };
        entrance.end();
        Ok(end)
    };
    let writing = async {
        while let Some(piece) = exit.take().await {
            to.write_all(&piece.bytes).await.map_err(|_| Gone)?;
        }
        Ok(())
    };
    let (end, ()) = tokio::try_join!(reading, writing)?;
    if end == End::Said {
        to.shutdown().await.map_err(|_| Gone)?;
    }
    Ok(end)
}
