//! What a build asked of its proxy, as the proxy's log has it. The hosts are the submission's words.

use std::collections::BTreeSet;

use super::registries::host_of;

/// No more hosts of a kind are kept.
const MOST: usize = 20;
/// No host name is longer (RFC 1035); what is, is cut.
const LONGEST: usize = 253;

/// Hosts that a build asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Journal {
    /// All of them.
    pub(super) asked: BTreeSet<String>,
    /// Those that it was refused.
    pub(super) refused: BTreeSet<String>,
}

impl Journal {
    pub(super) fn line(&mut self, line: &str) {
        if let Some((_, request)) = line.split_once("Request (file descriptor ")
            && let Some((_, request)) = request.split_once("): ")
        {
            let target = request.split_whitespace().nth(1).unwrap_or_default();
            keep(&mut self.asked, host_of(target));
        } else if let Some((_, host)) = line.split_once("refused on filtered domain \"") {
            keep(&mut self.refused, host.trim_end().trim_end_matches('"'));
        }
    }
}

fn keep(hosts: &mut BTreeSet<String>, host: &str) {
    if hosts.len() < MOST && !host.is_empty() {
        let host: String = host.chars().take(LONGEST).collect();
        hosts.insert(host.to_ascii_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As tinyproxy 1.11 writes it.
    const LOG: &str = "\
CONNECT   Nov 24 14:17:43.635 [60]: Connect (file descriptor 4): 127.0.0.1
CONNECT   Nov 24 14:17:43.635 [60]: Request (file descriptor 4): CONNECT index.example:443 HTTP/1.1
CONNECT   Nov 24 14:17:43.636 [60]: Established connection to host \"index.example\" using file descriptor 5.
CONNECT   Nov 24 14:17:43.994 [60]: Request (file descriptor 4): CONNECT evil.example:443 HTTP/1.1
NOTICE    Nov 24 14:17:43.994 [60]: Proxying refused on filtered domain \"evil.example\"
CONNECT   Nov 24 14:17:44.039 [60]: Request (file descriptor 4): GET http://debs.example/InRelease HTTP/1.1
";

    #[test]
    fn requests_and_refusals_are_told_apart() {
        let mut journal = Journal::default();
        LOG.lines().for_each(|line| journal.line(line));
        let asked = ["debs.example", "evil.example", "index.example"];
        assert_eq!(journal.asked, asked.map(str::to_owned).into());
        assert_eq!(journal.refused, ["evil.example".to_owned()].into());
    }

    #[test]
    fn a_flood_stays_bounded() {
        let mut journal = Journal::default();
        for n in 0..1000 {
            let host = format!("{n}{}", "x".repeat(10_000));
            journal.line(&format!(
                "): Request (file descriptor 4): GET http://{host}/ HTTP/1.1"
            ));
            journal.line(&format!("Proxying refused on filtered domain \"{host}\""));
        }
        assert_eq!(journal.asked.len(), MOST);
        assert_eq!(journal.refused.len(), MOST);
        assert!(journal.refused.iter().all(|host| host.len() <= LONGEST));
    }
}
