//! Who sends what is due: lanes that are idle, the one that was busy last first.

use std::{
    collections::VecDeque,
    task::{Context, Poll, Waker},
    time::Instant,
};

/// How many requests wait for a lane at most; more are given up at once.
const LONGEST_QUEUE: usize = 1 << 20;

/// A request to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Job {
    /// Its place in the mix.
    pub(crate) entry: usize,
    /// Counts the requests of a run.
    pub(crate) number: u64,
    /// From when its latency counts.
    pub(crate) since: Instant,
    /// Whether it waited for a lane.
    pub(crate) waited: bool,
}

/// Requests that are due, and the lanes of an open loop.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    waiting: VecDeque<Job>,
    seats: Vec<Seat>,
    idle: Vec<usize>,
    over: bool,
}

#[derive(Debug, Default)]
struct Seat {
    job: Option<Job>,
    waker: Option<Waker>,
    idle: bool,
}

/// What became of a request that was handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handed {
    /// A lane has it.
    Taken,
    /// No lane is idle.
    Waits,
    /// Too many wait.
    Refused,
}

impl Agenda {
    /// How many lanes there are.
    pub(crate) fn lanes(&self) -> usize {
        self.seats.len()
    }

    pub(crate) fn has_idle(&self) -> bool {
        !self.idle.is_empty()
    }

    /// Another lane, which has this request to begin with.
    pub(crate) fn seat(&mut self, job: Job) -> usize {
        self.seats.push(Seat {
            job: Some(job),
            ..Seat::default()
        });
        self.seats.len() - 1
    }

    pub(crate) fn hand_out(&mut self, job: Job) -> Handed {
        if let Some(lane) = self.idle.pop() {
            let seat = &mut self.seats[lane];
            seat.idle = false;
            seat.job = Some(job);
            if let Some(waker) = seat.waker.take() {
                waker.wake();
            }
            Handed::Taken
        } else if self.waiting.len() < LONGEST_QUEUE {
            self.waiting.push_back(Job {
                waited: true,
                ..job
            });
            Handed::Waits
        } else {
            Handed::Refused
        }
    }

    /// Nothing more will be due.
    pub(crate) fn end(&mut self) {
        self.over = true;
        for lane in self.idle.drain(..) {
            let seat = &mut self.seats[lane];
            seat.idle = false;
            if let Some(waker) = seat.waker.take() {
                waker.wake();
            }
        }
    }

    /// The lane's next request; none when nothing more will be due.
    pub(crate) fn poll_next(&mut self, lane: usize, cx: &mut Context<'_>) -> Poll<Option<Job>> {
        let seat = &mut self.seats[lane];
        if let Some(job) = seat.job.take() {
            return Poll::Ready(Some(job));
        }
        if !seat.idle {
            if let Some(job) = self.waiting.pop_front() {
                return Poll::Ready(Some(job));
            }
            if self.over {
                return Poll::Ready(None);
            }
            seat.idle = true;
            self.idle.push(lane);
        }
        seat.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(number: u64) -> Job {
        Job {
            entry: 0,
            number,
            since: Instant::now(),
            waited: false,
        }
    }

    #[test]
    fn what_waits_is_taken_in_order_and_then_lanes_are_idle() {
        let mut cx = Context::from_waker(Waker::noop());
        let mut agenda = Agenda::default();
        let (first, second, third) = (job(1), job(2), job(3));
        let lane = agenda.seat(first);
        assert_eq!(agenda.hand_out(second), Handed::Waits);
        assert_eq!(agenda.poll_next(lane, &mut cx), Poll::Ready(Some(first)));
        let second = Job {
            waited: true,
            ..second
        };
        assert_eq!(agenda.poll_next(lane, &mut cx), Poll::Ready(Some(second)));
        assert_eq!(agenda.poll_next(lane, &mut cx), Poll::Pending);
        // Waking for nothing changes nothing.
        assert_eq!(agenda.poll_next(lane, &mut cx), Poll::Pending);
        assert_eq!(agenda.hand_out(third), Handed::Taken);
        assert_eq!(agenda.poll_next(lane, &mut cx), Poll::Ready(Some(third)));
        assert_eq!(agenda.poll_next(lane, &mut cx), Poll::Pending);
        agenda.end();
        assert_eq!(agenda.poll_next(lane, &mut cx), Poll::Ready(None));
    }
}
