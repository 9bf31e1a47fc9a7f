//! Until a MariaDB server has greeted and taken up a session.
//!
//! The exchange is that of "Connection" in MariaDB's client/server protocol: the server greets with a
//! nonce, the client answers with its name and a proof of its password, the server says OK.

use std::{
    io::{Error, ErrorKind},
    net::SocketAddr,
    time::Duration,
};

use sha1::{Digest as _, Sha1};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{PAUSE, tcp};

/// How long one exchange may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// More than a greeting has.
const MOST: usize = 4096;
/// Long passwords, a database at once, protocol 4.1, its log-in, plugins by name.
const CAPABILITIES: u32 = 0x1 | 0x8 | 0x200 | 0x8000 | 0x8_0000;
/// What the server may send at once; it sends nothing large here.
const PACKET: u32 = 1 << 24;
const UTF8MB4: u8 = 45;
const QUIT: &[u8] = &[1, 0, 0, 0, 1];

/// Who logs in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Login<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
    pub(crate) database: &'a str,
}

/// Ends when a server has taken up a session; never else.
pub(crate) async fn logs_in(address: SocketAddr, login: Login<'_>) {
    loop {
        if let Some(stream) = tcp::connect(address).await
            && let Ok(Ok(true)) = tokio::time::timeout(PATIENCE, ask(stream, login)).await
        {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn ask(mut stream: TcpStream, login: Login<'_>) -> std::io::Result<bool> {
    let greeting = packet(&mut stream).await?;
    let Some(nonce) = nonce(&greeting) else {
        return Ok(false);
    };
    stream.write_all(&answer(&nonce, login)).await?;
    let taken_up = packet(&mut stream).await?.first() == Some(&0);
    if taken_up {
        // Else the server writes of a session that broke off.
        stream.write_all(QUIT).await?;
    }
    Ok(taken_up)
}

/// Three bytes of length, one that counts, and what they announce.
async fn packet(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let length = stream.read_u32_le().await? as usize & 0xff_ffff;
    if length > MOST {
        return Err(Error::from(ErrorKind::InvalidData));
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await?;
    Ok(payload)
}

/// 8 bytes of it stand behind the version and a number, 12 more behind what the server can do.
fn nonce(greeting: &[u8]) -> Option<Vec<u8>> {
    let (10, rest) = greeting.split_first().map(|(&first, rest)| (first, rest))? else {
        return None;
    };
    let version = rest.iter().position(|&byte| byte == 0)?;
    let after = rest.get(version + 1 + 4..)?;
    let mut nonce = after.get(..8)?.to_vec();
    nonce.extend_from_slice(after.get(8 + 1 + 2 + 1 + 2 + 2 + 1 + 10..)?.get(..12)?);
    Some(nonce)
}

fn answer(nonce: &[u8], login: Login<'_>) -> Vec<u8> {
    let mut payload = CAPABILITIES.to_le_bytes().to_vec();
    payload.extend_from_slice(&PACKET.to_le_bytes());
    payload.push(UTF8MB4);
    payload.extend_from_slice(&[0; 23]);
    payload.extend_from_slice(login.user.as_bytes());
    let proof = proof(nonce, login.password);
    payload.push(0);
    payload.push(20);
    payload.extend_from_slice(&proof);
    for word in [login.database, "mysql_native_password"] {
        payload.extend_from_slice(word.as_bytes());
        payload.push(0);
    }
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    // The second packet of the exchange.
    let mut message = (length | 1 << 24).to_le_bytes().to_vec();
    message.append(&mut payload);
    message
}

/// SHA1(password) XOR SHA1(nonce, SHA1(SHA1(password))).
fn proof(nonce: &[u8], password: &str) -> [u8; 20] {
    let once = Sha1::digest(password);
    let mut hash = Sha1::new();
    hash.update(nonce);
    hash.update(Sha1::digest(once));
    let mut proof: [u8; 20] = hash.finalize().into();
    for (byte, other) in proof.iter_mut().zip(once) {
        *byte ^= other;
    }
    proof
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    const LOGIN: Login<'static> = Login {
        user: "someone",
        password: "secret",
        database: "shop",
    };

    fn greeting(first: u8) -> Vec<u8> {
        let mut greeting = vec![first];
        greeting.extend_from_slice(b"11.8.9-MariaDB\0");
        greeting.extend_from_slice(&[7, 0, 0, 0]);
        greeting.extend_from_slice(b"abcdefgh\0");
        greeting.extend_from_slice(&[0xfe, 0xf7, UTF8MB4, 2, 0, 0xff, 0x81, 21]);
        greeting.extend_from_slice(&[0; 10]);
        greeting.extend_from_slice(b"ijklmnopqrst\0mysql_native_password\0");
        greeting
    }

    fn framed(payload: &[u8], number: u8) -> Vec<u8> {
        let length = u8::try_from(payload.len()).unwrap();
        [&[length, 0, 0, number], payload].concat()
    }

    #[test]
    fn the_nonce_is_in_two_parts() {
        assert_eq!(nonce(&greeting(10)).unwrap(), b"abcdefghijklmnopqrst");
        let whole = greeting(10);
        for cut in 0..50 {
            assert_eq!(nonce(&whole[..cut]), None, "{cut}");
        }
        assert_eq!(nonce(&greeting(9)), None);
    }

    /// As the server checks it: it keeps SHA1(SHA1(password)) and nothing more.
    #[test]
    fn the_proof_convinces_who_knows_only_a_digest_of_the_password() {
        let nonce = b"abcdefghijklmnopqrst";
        let kept = Sha1::digest(Sha1::digest("secret"));
        let mut hash = Sha1::new();
        hash.update(nonce);
        hash.update(kept);
        let mask = hash.finalize();
        let given = proof(nonce, "secret");
        let once: Vec<u8> = given.iter().zip(mask).map(|(a, b)| a ^ b).collect();
        assert_eq!(Sha1::digest(&once), kept);
    }

    #[tokio::test]
    async fn a_server_that_refuses_is_asked_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            // Full; starting; will not have the account; ready.
            let full = framed(b"\xff\x10\x04Too many connections", 0);
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(&full).await.unwrap();
            drop(listener.accept().await.unwrap());
            for verdict in [&b"\xff\x15\x04#28000no"[..], b"\0\0\0\x02\0\0\0"] {
                let (mut stream, _) = listener.accept().await.unwrap();
                stream.write_all(&framed(&greeting(10), 0)).await.unwrap();
                let answer = packet(&mut stream).await.unwrap();
                let expected = super::answer(b"abcdefghijklmnopqrst", LOGIN);
                assert_eq!(answer, expected[4..]);
                assert_eq!(expected[3], 1);
                stream.write_all(&framed(verdict, 2)).await.unwrap();
                if verdict[0] == 0 {
                    let mut quit = Vec::new();
                    stream.read_to_end(&mut quit).await.unwrap();
                    assert_eq!(quit, QUIT);
                }
            }
        });
        logs_in(address, LOGIN).await;
        server.await.unwrap();
    }
}
