//! Many requests written at one moment, before any answer is read.

mod volley;

use std::time::Duration;

use chrono::Utc;
use futures_util::future::{join_all, try_join_all};
use tokio::time::Instant;

use crate::{
    exchange::{Allowance, Client, ExchangeError, Exchanged},
    request::Prepared,
};

/// Between the last connection and the first request: the app accepts all connections and has
/// nothing else to do when the requests come.
const SETTLING: Duration = Duration::from_millis(10);

impl Client {
    /// Opens a connection for each request and lays each request ready on its own; once all lie
    /// ready, sends them in one go, and only then reads answers. Each has `deadline` from the moment
    /// of sending, and as long before it to connect. Answers come in the order of the requests.
    pub async fn burst(
        &self,
        requests: &[Prepared],
        deadline: Duration,
    ) -> Result<Vec<Exchanged>, ExchangeError> {
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
        let until = Instant::now() + deadline;
        let allowance = &Allowance::for_burst();
        let answers = fired.into_iter().zip(requests);
        let answers = answers.map(async |(fired, request)| match fired {
            Ok(fired) => fired.answer(request, until, deadline, allowance).await,
            Err(trouble) => Exchanged {
                request: request.clone(),
                answer: None,
                trouble: Some(trouble),
                started_at: asked_at.0,
                duration: asked_at.1.elapsed(),
            },
        });
        Ok(join_all(answers).await)
    }
}
