//! What the steps of a build write, and for how long they compute.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bollard::{
    Docker,
    query_parameters::{InspectContainerOptionsBuilder, ListContainersOptionsBuilder},
};

use crate::{
    docker::usage,
    machine::{self, OnBehalf, Reading},
};

/// How long they compute is looked at so often.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
/// The engine walks all files that a step wrote to tell how large they are, and a build that writes many waits
/// for that: it rests for so many times what the answers took,
const REST: u32 = 9;
/// but neither for less nor for longer than this.
const RESTS: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(3)];

/// Looks at the containers of a build's steps.
pub(super) struct Steps {
    docker: Docker,
    /// By which the steps are known among all containers.
    network_mode: String,
    /// Of all that they write, in bytes.
    limit: u64,
    /// Whether their machine is this one.
    are_here: bool,
    last: Mutex<Option<Reading>>,
}

/// For how long nobody is asked how large the files are, where that took so long.
fn rest(took: Duration) -> Duration {
    let [least, most] = RESTS;
    (took * REST).clamp(least, most)
}

impl Steps {
    pub(super) fn new(docker: Docker, network_mode: String, limit: u64, are_here: bool) -> Self {
        Self {
            docker,
            network_mode,
            limit,
            are_here,
            last: Mutex::default(),
        }
    }

    /// What was last seen of them and their machine.
    pub(super) fn reading(&self) -> Option<Reading> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes readings until all steps together have written more than the limit, and says so then. Neither
    /// waits for the other: a build whose files take long to be walked is on the clock meanwhile.
    pub(super) async fn watch(&self) -> String {
        tokio::select! {
            written = self.beyond_disk() => format!(
                "its steps had written {written} bytes to disk, more than {}",
                self.limit
            ),
            never = self.take_readings() => match never {},
        }
    }

    async fn take_readings(&self) -> Infallible {
        let mut computed = HashMap::new();
        loop {
            if self.are_here && self.computing_time(&mut computed).await {
                self.take_down(computed.values().sum());
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Takes down the most that each step was seen to have computed. Whether the engine told that of each.
    async fn computing_time(&self, most: &mut HashMap<String, Duration>) -> bool {
        let mut all_told = true;
        for id in self.running().await {
            let computed = usage::computing_time(&self.docker, &id).await;
            all_told &= computed.is_some();
            let most = most.entry(id).or_default();
            *most = (*most).max(computed.unwrap_or_default());
        }
        all_told
    }

    /// Ends with what all steps together have written when that is more than the limit.
    async fn beyond_disk(&self) -> u64 {
        let mut most: HashMap<String, u64> = HashMap::new();
        loop {
            let began = Instant::now();
            self.sizes(&mut most).await;
            let written = most.values().sum();
            if written > self.limit {
                return written;
            }
            tokio::time::sleep(rest(began.elapsed())).await;
        }
    }

    /// Takes down the most that each step was seen to have written. The engine is asked about these alone: one
    /// without native diffs walks all files of each container that it is asked about, for a second or so.
    async fn sizes(&self, most: &mut HashMap<String, u64>) {
        for id in self.running().await {
            let options = InspectContainerOptionsBuilder::new().size(true).build();
            let inspected = self.docker.inspect_container(&id, Some(options)).await;
            // One that has just ended is gone.
            let written = inspected.ok().and_then(|container| container.size_rw);
            let written = u64::try_from(written.unwrap_or_default()).unwrap_or_default();
            let most = most.entry(id).or_default();
            *most = (*most).max(written);
        }
    }

    /// The containers of the steps that run now. An engine that does not answer is the build's to notice.
    async fn running(&self) -> Vec<String> {
        let options = ListContainersOptionsBuilder::new().build();
        let containers = self.docker.list_containers(Some(options)).await;
        let containers = containers.unwrap_or_default().into_iter();
        let of_steps = containers.filter(|container| {
            let host = container.host_config.as_ref();
            let mode = host.and_then(|host| host.network_mode.as_ref());
            mode == Some(&self.network_mode)
        });
        of_steps.filter_map(|container| container.id).collect()
    }

    fn take_down(&self, computed: Duration) {
        let reading = machine::idle().map(|idle| Reading {
            at: Instant::now(),
            computed,
            on_behalf: OnBehalf::default(),
            waited: None,
            idle,
        });
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = reading;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    #[test]
    fn to_be_looked_at_costs_a_build_a_tenth_of_its_time_at_most_until_that_is_seldom() {
        assert_eq!(rest(Duration::from_millis(10)), RESTS[0]);
        assert_eq!(
            rest(Duration::from_millis(200)),
            Duration::from_millis(1_800)
        );
        assert_eq!(rest(Duration::from_secs(10)), RESTS[1]);
    }

    /// An engine with one step, which has computed a second more each time that it is asked, and whose files it
    /// never has done walking.
    async fn slow_to_walk(mut peer: TcpStream, asked: &AtomicU64) {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") && peer.read_buf(&mut request).await.unwrap() > 0 {}
        let line = String::from_utf8(request).unwrap();
        let path = line.split(' ').nth(1).unwrap_or_default();
        let body = if path.contains("size=true") {
            return std::future::pending().await;
        } else if path.contains("/stats") {
            let seconds = asked.fetch_add(1, Ordering::Relaxed) + 1;
            format!(r#"{{"cpu_stats":{{"cpu_usage":{{"total_usage":{seconds}000000000}}}}}}"#)
        } else if path.contains("/containers/json") {
            r#"[{"Id":"a","HostConfig":{"NetworkMode":"steps"}},{"Id":"b","HostConfig":{"NetworkMode":"host"}}]"#
                .to_owned()
        } else {
            r#"{"Id":"a","State":{"Pid":0}}"#.to_owned()
        };
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
        let answer = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        peer.write_all(answer.as_bytes()).await.unwrap();
    }

    #[tokio::test]
    async fn a_step_whose_files_take_long_to_be_walked_is_on_the_clock_meanwhile() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("tcp://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let asked = &*Box::leak(Box::new(AtomicU64::new(0)));
            while let Ok((peer, _)) = listener.accept().await {
                tokio::spawn(slow_to_walk(peer, asked));
            }
        });
        let docker = Docker::connect_with_host(&host).unwrap();
        let steps = Steps::new(docker, "steps".to_owned(), 1, true);
        let twice = async {
            let computed = |reading: Reading| reading.computed >= Duration::from_secs(2);
            while !steps.reading().is_some_and(computed) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            () = twice => {}
            said = steps.watch() => panic!("{said}"),
            () = tokio::time::sleep(Duration::from_secs(30)) => panic!("{:?}", steps.reading()),
        }
    }
}
