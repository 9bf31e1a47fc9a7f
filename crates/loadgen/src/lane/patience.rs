use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use tokio::time::{Sleep, sleep_until};

/// How long a request may take yet. One timer serves many requests: it is moved when it goes off, not
/// with each request, so that a request costs no timer.
#[derive(Debug)]
pub(crate) struct Patience {
    timer: Pin<Box<Sleep>>,
    until: Instant,
}

impl Patience {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self {
            timer: Box::pin(sleep_until(now.into())),
            until: now,
        }
    }

    pub(crate) fn lasts(&mut self, until: Instant) {
        // An earlier end than the timer's would be missed.
        if until < self.timer.deadline().into_std() {
            self.timer.as_mut().reset(until.into());
        }
        self.until = until;
    }

    /// Ready when it is over.
    pub(crate) fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if self.timer.is_elapsed() {
                if Instant::now() >= self.until {
                    return Poll::Ready(());
                }
                self.timer.as_mut().reset(self.until.into());
            }
            ready!(self.timer.as_mut().poll(cx));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::poll_fn,
        time::{Duration, Instant},
    };

    use super::Patience;

    #[tokio::test]
    async fn it_is_over_at_the_last_end_that_was_said() {
        let began = Instant::now();
        let mut patience = Patience::new();
        for wait in [20, 50, 30] {
            let until = began + Duration::from_millis(wait);
            patience.lasts(until);
            poll_fn(|cx| patience.poll_over(cx)).await;
            assert!(Instant::now() >= until);
        }
        patience.lasts(Instant::now() + Duration::from_mins(1));
        patience.lasts(Instant::now() + Duration::from_millis(5));
        poll_fn(|cx| patience.poll_over(cx)).await;
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}
