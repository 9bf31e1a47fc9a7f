//! The grader's own view of a Redis or Valkey service: what the server has counted, and what is stored.
//!
//! Only an administrator can have the server forget its counts, and the submission is none. They are of all
//! users together: what the grader itself asks is not among the commands that count, or comes when the
//! counting is over.

mod info;
mod wire;

use std::{collections::BTreeMap, time::Duration};

use runner::ServiceEndpoint;
use thiserror::Error;
use tokio::{
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

pub(crate) use info::{Stored, Tally};
use wire::{Reply, Wire, WireError};

/// For connecting, for counts, and for a look at all keys.
const PATIENCE: Duration = Duration::from_secs(12);
/// How long counts must have been the same to be taken for the end of what was asked.
const STILL: Duration = Duration::from_millis(60);
/// For how long that is waited for.
const LONGEST: Duration = Duration::from_secs(2);
/// So many keys are looked at.
pub(crate) const MOST_KEYS: usize = 10_000;
/// So many bytes of their names.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// So often all keys are looked at, where some come or move meanwhile.
const LOOKS: u32 = 3;
/// So many keys are asked for at once, about.
const BATCH: &[u8] = b"100";
/// How much of what a server says stands in a report, in characters.
const SAID: usize = 300;
/// How refusals begin that no use of the server brings about.
const OURS: [&str; 6] = [
    "NOAUTH",
    "NOPERM",
    "WRONGPASS",
    "ERR unknown",
    "ERR wrong number",
    "ERR syntax",
];

/// A session that asks for counts and keys. It ends with the server.
pub(crate) struct Server<'a> {
    wire: Wire<TcpStream>,
    service: &'a str,
}

/// The keys that were looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// How long each has to live, in milliseconds, by database and name; none where it never expires.
    pub(crate) ttls: BTreeMap<(u32, Vec<u8>), Option<u64>>,
    /// Why some were not looked at; none where all were.
    pub(crate) unseen: Option<Unseen>,
}

/// Why there are keys that were not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unseen {
    /// There are more than are looked at.
    TooMany,
    /// Some come or move all the time.
    Moved,
}

/// Why there are no counts or keys.
#[derive(Debug, Error)]
pub(crate) enum RedisError {
    /// The service is none that can be asked; an author's mistake.
    #[error("the service `{service}` is neither Redis nor Valkey")]
    NoRedis {
        /// The service's name.
        service: String,
    },
    /// The server does not let the grader ask, or does not know what it asks: ours.
    #[error("the service `{service}` does not tell the grader what it counts: {said}")]
    Untold {
        /// The service's name.
        service: String,
        /// Its own words, cut, or what is missing.
        said: String,
    },
    /// The server answers that it cannot do this now.
    #[error("the service `{service}` refuses to answer the grader: {said}")]
    Refused {
        /// The service's name.
        service: String,
        /// Its own words, cut.
        said: String,
    },
    /// The server does not answer, or with too much.
    #[error("the service `{service}` does not answer the grader")]
    Unreachable {
        /// The service's name.
        service: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server does not answer in time.
    #[error("the service `{service}` did not answer the grader within {} s", PATIENCE.as_secs())]
    TooSlow {
        /// The service's name.
        service: String,
    },
}

impl RedisError {
    /// Whether no use of the server could have brought it about.
    pub(crate) fn is_ours(&self) -> bool {
        matches!(self, Self::NoRedis { .. } | Self::Untold { .. })
    }
}

impl Keys {
    /// The longest that one of those which expire has to live, in milliseconds.
    pub(crate) fn longest_ttl(&self) -> Option<u64> {
        self.ttls.values().copied().flatten().max()
    }
}

impl<'a> Server<'a> {
    pub(crate) async fn open(
        service: &'a str,
        endpoint: &ServiceEndpoint,
    ) -> Result<Self, RedisError> {
        let ServiceEndpoint::Redis {
            address,
            user,
            password,
        } = endpoint
        else {
            return Err(RedisError::NoRedis {
                service: service.to_owned(),
            });
        };
        in_time(service, async {
            let stream = TcpStream::connect(address).await;
            let stream = stream.map_err(|error| unreachable(service, error))?;
            let wire = Wire::new(stream);
            let mut server = Self { wire, service };
            let login = vec![&b"AUTH"[..], user.as_bytes(), password.as_bytes()];
            server.ask(&[login]).await?;
            Ok(server)
        })
        .await
    }

    /// The counts, once nothing more comes; what comes all the time is waited for only so long.
    pub(crate) async fn settled(&mut self) -> Result<Tally, RedisError> {
        let deadline = Instant::now() + LONGEST;
        let mut last = self.tally().await?;
        loop {
            sleep(STILL).await;
            let now = self.tally().await?;
            if now == last || Instant::now() >= deadline {
                return Ok(now);
            }
            last = now;
        }
    }

    async fn tally(&mut self) -> Result<Tally, RedisError> {
        let info = self.info(&["stats", "commandstats"]).await?;
        Tally::read(&info).ok_or_else(|| self.untold("no such counts in what it says of itself"))
    }

    /// What is stored, and the keys of it, as many as are looked at.
    pub(crate) async fn stored(&mut self) -> Result<(Stored, Keys), RedisError> {
        let service = self.service;
        in_time(service, self.looked()).await
    }

    /// Reading the keys removes those that have expired, so that the server's count after it is right. A key
    /// that moves to where the look has been already is in that count, but not among those looked at.
    async fn looked(&mut self) -> Result<(Stored, Keys), RedisError> {
        let mut stored = self.count().await?;
        let mut looks = 0;
        loop {
            let mut keys = self.keys(&stored).await?;
            stored = self.count().await?;
            looks += 1;
            let are_all = stored.keys() <= keys.ttls.len() as u64;
            if !are_all && keys.unseen.is_none() {
                if looks < LOOKS {
                    continue;
                }
                keys.unseen = Some(Unseen::Moved);
            }
            return Ok((stored, keys));
        }
    }

    async fn count(&mut self) -> Result<Stored, RedisError> {
        let info = self.info(&["keyspace", "memory"]).await?;
        Stored::read(&info).ok_or_else(|| self.untold("no keyspace in what it says"))
    }

    async fn keys(&mut self, stored: &Stored) -> Result<Keys, RedisError> {
        let mut keys = Keys::default();
        let mut bytes = 0;
        for database in stored.databases.keys() {
            let number = database.to_string();
            self.ask(&[vec![b"SELECT", number.as_bytes()]]).await?;
            let mut cursor = b"0".to_vec();
            loop {
                let (next, names) = self.scan(&cursor).await?;
                let asked: Vec<Vec<&[u8]>> = names
                    .iter()
                    .map(|name| vec![&b"PTTL"[..], name.as_slice()])
                    .collect();
                let ttls = self.ask(&asked).await?;
                for (name, ttl) in names.iter().zip(ttls) {
                    bytes += name.len();
                    match ttl {
                        Reply::Number(-1) => keys.ttls.insert((*database, name.clone()), None),
                        Reply::Number(ttl @ 0..) => {
                            let ttl = Some(ttl.unsigned_abs());
                            keys.ttls.insert((*database, name.clone()), ttl)
                        }
                        // It has gone meanwhile.
                        Reply::Number(_) => keys.ttls.remove(&(*database, name.clone())),
                        _ => return Err(self.untold("no time to live of a key")),
                    };
                }
                if next == b"0" {
                    break;
                }
                if keys.ttls.len() >= MOST_KEYS || bytes >= MOST_BYTES {
                    keys.unseen = Some(Unseen::TooMany);
                    return Ok(keys);
                }
                cursor = next;
            }
        }
        Ok(keys)
    }

    /// Where the next part begins, and the names of this one.
    async fn scan(&mut self, cursor: &[u8]) -> Result<(Vec<u8>, Vec<Vec<u8>>), RedisError> {
        let mut replies = self.ask(&[vec![b"SCAN", cursor, b"COUNT", BATCH]]).await?;
        let Some(Reply::List(parts)) = replies.pop() else {
            return Err(self.untold("no list of keys"));
        };
        let Ok([Reply::Text(next), Reply::List(names)]) = <[Reply; 2]>::try_from(parts) else {
            return Err(self.untold("no list of keys"));
        };
        let names = names.into_iter().filter_map(|name| match name {
            Reply::Text(name) => Some(name),
            _ => None,
        });
        Ok((next, names.collect()))
    }

    async fn info(&mut self, sections: &[&str]) -> Result<String, RedisError> {
        let mut command: Vec<&[u8]> = vec![b"INFO"];
        command.extend(sections.iter().map(|section| section.as_bytes()));
        let service = self.service;
        let mut replies = in_time(service, self.ask(&[command])).await?;
        match replies.pop() {
            Some(Reply::Text(info)) => Ok(String::from_utf8_lossy(&info).into_owned()),
            _ => Err(self.untold("it says nothing of itself")),
        }
    }

    /// The answers, none of which is a refusal.
    async fn ask(&mut self, commands: &[Vec<&[u8]>]) -> Result<Vec<Reply>, RedisError> {
        let replies = self.wire.ask(commands).await;
        let replies = replies.map_err(|error| match error {
            WireError::Garbled => self.untold("its answer is not of the protocol"),
            error => unreachable(self.service, error),
        })?;
        let mut refusals = replies.iter().filter_map(|reply| match reply {
            Reply::Refused(said) => Some(refused(self.service, said)),
            _ => None,
        });
        match refusals.next() {
            Some(refusal) => Err(refusal),
            None => Ok(replies),
        }
    }

    fn untold(&self, said: &str) -> RedisError {
        RedisError::Untold {
            service: self.service.to_owned(),
            said: said.to_owned(),
        }
    }
}

fn refused(service: &str, said: &str) -> RedisError {
    let is_ours = OURS.iter().any(|ours| said.starts_with(ours));
    let service = service.to_owned();
    let said = report::neutral::brief(said, SAID);
    if is_ours {
        RedisError::Untold { service, said }
    } else {
        RedisError::Refused { service, said }
    }
}

fn unreachable(
    service: &str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> RedisError {
    RedisError::Unreachable {
        service: service.to_owned(),
        source: source.into(),
    }
}

async fn in_time<T>(
    service: &str,
    asked: impl Future<Output = Result<T, RedisError>>,
) -> Result<T, RedisError> {
    timeout(PATIENCE, asked).await.unwrap_or_else(|_| {
        Err(RedisError::TooSlow {
            service: service.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests;
