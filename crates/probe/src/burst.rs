//! Many requests written at one moment, before any answer is read.

mod volley;

use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};
use futures_util::future::{join_all, try_join_all};
use tokio::time::Instant;

use crate::{
    exchange::{Allowance, Client, ExchangeError, Exchanged, Fired, Reached},
    request::Prepared,
};

/// Between the last connection and the first request: the app accepts all connections and has
/// nothing else to do when the requests come.
const SETTLING: Duration = Duration::from_millis(10);

/// Requests that were sent, and whose answers nobody has read yet.
pub struct UnderWay<'a> {
    requests: &'a [Prepared],
    fired: Vec<Reached<Fired>>,
    asked_at: (DateTime<Utc>, Instant),
    until: Instant,
    deadline: Duration,
}

impl Client {
    /// Opens a connection for each request and lays each request ready on its own; once all lie
    /// ready, sends them in one go, and only then reads answers. Each has `deadline` from the moment
    /// of sending, and as long before it to connect. Answers come in the order of the requests.
    pub async fn burst(
        &self,
        requests: &[Prepared],
        deadline: Duration,
    ) -> Result<Vec<Exchanged>, ExchangeError> {
        Ok(self.set_off(requests, deadline).await?.answers().await)
    }

    /// The first half of a [`Client::burst`]: comes back at the moment of sending.
    pub async fn set_off<'a>(
        &self,
        requests: &'a [Prepared],
        deadline: Duration,
    ) -> Result<UnderWay<'a>, ExchangeError> {
        let asked_at = (Utc::now(), Instant::now());
        let until = asked_at.1 + deadline;
        let lines = try_join_all(
            requests
                .iter()
                .map(|request| self.load(request, until, deadline)),
        )
        .await?;
        tokio::time::sleep(SETTLING).await;
        let fired = volley::fire(lines).await;
        Ok(UnderWay {
            requests,
            fired,
            asked_at,
            until: Instant::now() + deadline,
            deadline,
        })
    }
}

impl fmt::Debug for UnderWay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnderWay")
            .field("requests", &self.requests.len())
            .finish_non_exhaustive()
    }
}

impl UnderWay<'_> {
    /// Reads the answers, in the order of the requests.
    pub async fn answers(self) -> Vec<Exchanged> {
        let allowance = &Allowance::for_burst();
        let answers = self.fired.into_iter().zip(self.requests);
        let answers = answers.map(async |(fired, request)| match fired {
            Ok(fired) => {
                let answer = fired.answer(request, self.until, self.deadline, allowance);
                answer.await
            }
            Err(trouble) => Exchanged {
                request: request.clone(),
                answer: None,
                trouble: Some(trouble),
                started_at: self.asked_at.0,
                duration: self.asked_at.1.elapsed(),
            },
        });
        join_all(answers).await
    }
}
