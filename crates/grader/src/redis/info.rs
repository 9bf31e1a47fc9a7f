//! What a server says of itself by `INFO`: <https://redis.io/docs/latest/commands/info/>.

use std::collections::BTreeMap;

/// What only opens a connection, says or asks something of it or of the server, or begins and ends a
/// transaction, whose commands are counted themselves. With its own subcommands.
const CONTROL: [&str; 15] = [
    "auth", "client", "cluster", "command", "discard", "echo", "exec", "hello", "info", "multi",
    "ping", "quit", "readonly", "reset", "select",
];

/// What a server has counted since it was started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    /// How often each command was run, by its name.
    pub(crate) commands: BTreeMap<String, u64>,
}

/// What a server has stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    /// How many keys each database has, and how many of these expire.
    pub(crate) databases: BTreeMap<u32, (u64, u64)>,
    /// What it takes, in bytes, without the server itself and its connections.
    pub(crate) memory: u64,
}

impl Tally {
    /// Of the sections `stats` and `commandstats`.
    pub(super) fn read(info: &str) -> Option<Self> {
        let fields = fields(info);
        let commands = fields.iter().filter_map(|(name, value)| {
            let name = name.strip_prefix("cmdstat_")?;
            Some((name, part(value, "calls")?))
        });
        let counted = commands.filter(|(name, calls)| *calls > 0 && !is_control(name));
        Some(Self {
            hits: number(&fields, "keyspace_hits")?,
            misses: number(&fields, "keyspace_misses")?,
            commands: counted
                .map(|(name, calls)| (name.replace('|', " "), calls))
                .collect(),
        })
    }

    /// What has come since an earlier one of the same session, and so of the same start of the server.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let less = |now: u64, before: u64| now.saturating_sub(before);
        let mut came = self.clone();
        came.hits = less(self.hits, earlier.hits);
        came.misses = less(self.misses, earlier.misses);
        for (name, calls) in &mut came.commands {
            *calls = less(*calls, earlier.commands.get(name).copied().unwrap_or(0));
        }
        came.commands.retain(|_, calls| *calls > 0);
        came
    }

    /// All commands together.
    pub(crate) fn all(&self) -> u64 {
        self.commands.values().sum()
    }
}

impl Stored {
    /// Of the sections `keyspace` and `memory`.
    pub(super) fn read(info: &str) -> Option<Self> {
        let fields = fields(info);
        let databases = fields.iter().filter_map(|(name, value)| {
            let database = name.strip_prefix("db")?.parse().ok()?;
            Some((database, (part(value, "keys")?, part(value, "expires")?)))
        });
        let without = ["used_memory_startup", "mem_clients_normal"];
        let mut memory = number(&fields, "used_memory")?;
        for name in without {
            memory = memory.saturating_sub(number(&fields, name)?);
        }
        Some(Self {
            databases: databases.collect(),
            memory,
        })
    }

    pub(crate) fn keys(&self) -> u64 {
        self.databases.values().map(|(keys, _)| keys).sum()
    }

    pub(crate) fn without_ttl(&self) -> u64 {
        let each = self.databases.values();
        each.map(|(keys, expiring)| keys.saturating_sub(*expiring))
            .sum()
    }
}

fn is_control(command: &str) -> bool {
    let name = command.split('|').next().unwrap_or(command);
    CONTROL.contains(&name)
}

fn fields(info: &str) -> BTreeMap<&str, &str> {
    info.lines()
        .filter_map(|line| line.split_once(':'))
        .collect()
}

fn number(fields: &BTreeMap<&str, &str>, name: &str) -> Option<u64> {
    fields.get(name)?.trim().parse().ok()
}

/// That of `keys=3,expires=1`.
fn part(value: &str, name: &str) -> Option<u64> {
    let mut parts = value.trim().split(',');
    parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: &str = "# Stats\r\n\
        total_commands_processed:99\r\nkeyspace_hits:7\r\nkeyspace_misses:2\r\n# Commandstats\r\n\
        cmdstat_get:calls=9,usec=1,usec_per_call=0.11,rejected_calls=0,failed_calls=0\r\n\
        cmdstat_client|setinfo:calls=4,usec=1\r\ncmdstat_ping:calls=3,usec=1\r\n\
        cmdstat_xgroup|create:calls=1,usec=1\r\ncmdstat_set:calls=0,usec=0,rejected_calls=1\r\n";

    #[test]
    fn what_keeps_a_connection_is_no_command() {
        let tally = Tally::read(COUNTS).unwrap();
        assert_eq!((tally.hits, tally.misses, tally.all()), (7, 2, 10));
        let names: Vec<&str> = tally.commands.keys().map(String::as_str).collect();
        assert_eq!(names, ["get", "xgroup create"]);
        assert_eq!(Tally::read("keyspace_hits:7\r\n"), None);
    }

    #[test]
    fn only_what_came_meanwhile_counts() {
        let before = Tally::read(COUNTS).unwrap();
        let mut after = before.clone();
        after.hits += 3;
        after.commands.insert("get".to_owned(), 14);
        let came = after.since(&before);
        assert_eq!((came.hits, came.misses, came.all()), (3, 0, 5));
        assert_eq!(came.commands.len(), 1);
    }

    #[test]
    fn what_is_stored_is_read_of_every_database() {
        let info = "used_memory:2000\r\nused_memory_human:2K\r\nused_memory_startup:900\r\n\
            mem_clients_normal:100\r\n# Keyspace\r\ndb0:keys=5,expires=2,avg_ttl=10,subexpiry=0\r\n\
            db3:keys=1,expires=1,avg_ttl=0\r\n";
        let stored = Stored::read(info).unwrap();
        assert_eq!((stored.keys(), stored.without_ttl()), (6, 3));
        assert_eq!(stored.memory, 1000);
    }
}
