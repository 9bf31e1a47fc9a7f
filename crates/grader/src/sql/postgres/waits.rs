//! Who waits for a lock and behind whom, by the server's own account: `pg_locks` and `pg_blocking_pids`
//! (<https://www.postgresql.org/docs/17/view-pg-locks.html>).
//!
//! It is asked in the database `postgres`, so that nothing which the submission does in its own keeps it
//! from telling.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use runner::ServiceEndpoint;
use sqlx::{PgConnection, Row as _};

use super::Session;

/// The server's own database.
const OWN: &str = "postgres";
/// So many characters of a statement are read.
const TEXT: i32 = 400;
/// What a session of a program is called, as opposed to a process of the server's own.
const CLIENT: &str = "client backend";

/// A session that watches others.
pub(crate) struct Waits(PgConnection);

/// One process that waits for a lock.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wait {
    pub(crate) pid: i32,
    /// When it began to, in microseconds of the server's clock: with `pid` it is this wait and no other.
    pub(crate) since_micros: i64,
    pub(crate) waited: Duration,
    /// Which kind of lock it asks for.
    pub(crate) mode: String,
    /// Whom it waits for.
    pub(crate) behind: Vec<Holder>,
}

/// Whom a process waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    /// 0 where it is no process: a transaction that was prepared.
    pub(crate) pid: i32,
    pub(crate) is_client: bool,
    /// What it does or did last; empty where it is gone.
    pub(crate) statement: String,
}

impl Waits {
    pub(crate) async fn open(endpoint: &ServiceEndpoint) -> Result<Self, sqlx::Error> {
        Ok(Self(Session::open_in(endpoint, Some(OWN)).await?.0))
    }

    /// Those of these processes that wait for a lock now.
    pub(crate) async fn look(&mut self, pids: &[i32]) -> Result<Vec<Wait>, sqlx::Error> {
        let rows = sqlx::query(
            "select l.pid, l.mode, (extract(epoch from l.waitstart) * 1000000)::int8, \
             greatest(0, (extract(epoch from pg_catalog.clock_timestamp() - l.waitstart) * 1000000)::int8), \
             b.pid, coalesce(a.backend_type, $3) = $3, left(coalesce(a.query, ''), $2) \
             from pg_catalog.pg_locks l \
             cross join lateral unnest(pg_catalog.pg_blocking_pids(l.pid)) as b (pid) \
             left join pg_catalog.pg_stat_activity a on a.pid = b.pid \
             where not l.granted and l.waitstart is not null and l.pid = any($1)",
        )
        .bind(pids)
        .bind(TEXT)
        .bind(CLIENT)
        .fetch_all(&mut self.0)
        .await?;
        let mut waits: BTreeMap<(i32, i64), Wait> = BTreeMap::new();
        for row in rows {
            let (pid, since_micros) = (row.try_get(0)?, row.try_get(2)?);
            let waited: i64 = row.try_get(3)?;
            let mode = row.try_get(1)?;
            let wait = waits.entry((pid, since_micros)).or_insert_with(|| Wait {
                pid,
                since_micros,
                waited: Duration::from_micros(waited.unsigned_abs()),
                mode,
                behind: Vec::new(),
            });
            wait.behind.push(Holder {
                pid: row.try_get(4)?,
                is_client: row.try_get(5)?,
                statement: row.try_get(6)?,
            });
        }
        Ok(waits.into_values().collect())
    }
}

/// Those that wait for somebody else than each other, whoever is between, with whom that is. Processes of
/// the server's own give way by themselves.
pub(crate) fn behind_others(waits: Vec<Wait>, of: &[i32]) -> Vec<Wait> {
    let mut others: BTreeMap<i32, BTreeSet<usize>> = BTreeMap::new();
    let mut holders: Vec<Holder> = Vec::new();
    for wait in &waits {
        for holder in &wait.behind {
            if of.contains(&holder.pid) || !holder.is_client {
                continue;
            }
            let known = holders.iter().position(|known| known == holder);
            let place = known.unwrap_or_else(|| {
                holders.push(holder.clone());
                holders.len() - 1
            });
            others.entry(wait.pid).or_default().insert(place);
        }
    }
    // Whoever waits for one that waits for others waits for these as well.
    for _ in 0..waits.len() {
        for wait in &waits {
            let through = wait.behind.iter().filter_map(|by| others.get(&by.pid));
            let through: BTreeSet<usize> = through.flatten().copied().collect();
            if !through.is_empty() {
                others.entry(wait.pid).or_default().extend(through);
            }
        }
    }
    waits
        .into_iter()
        .filter_map(|wait| {
            let places = others.get(&wait.pid)?;
            let behind = places.iter().map(|place| holders[*place].clone());
            Some(Wait {
                behind: behind.collect(),
                ..wait
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(pid: i32, is_client: bool) -> Holder {
        Holder {
            pid,
            is_client,
            statement: format!("statement of {pid}"),
        }
    }

    fn wait(pid: i32, behind: &[Holder]) -> Wait {
        Wait {
            pid,
            since_micros: 1,
            waited: Duration::from_secs(1),
            mode: "RowExclusiveLock".to_owned(),
            behind: behind.to_vec(),
        }
    }

    #[test]
    fn only_who_waits_for_somebody_else_does() {
        let [writer, migration] = [1, 9].map(|pid| holder(pid, true));
        let of = [1, 2, 3];
        // 3 waits for 2, which waits for 1, which waits for the migration.
        let all = vec![
            wait(3, &[holder(2, true)]),
            wait(2, std::slice::from_ref(&writer)),
            wait(1, std::slice::from_ref(&migration)),
        ];
        let found = behind_others(all, &of);
        assert_eq!(found.len(), 3);
        for wait in found {
            assert_eq!(wait.behind, std::slice::from_ref(&migration));
        }
        // Writers that wait for each other, or for a process of the server's own.
        let all = vec![wait(2, &[writer]), wait(1, &[holder(7, false)])];
        assert_eq!(behind_others(all, &of), []);
        // What was prepared has no process.
        assert_eq!(
            behind_others(vec![wait(1, &[holder(0, true)])], &of).len(),
            1
        );
    }
}
