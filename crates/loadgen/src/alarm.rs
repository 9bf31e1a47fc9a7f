//! Waking up in time. tokio's timers tick once a millisecond, which is longer than many answers take.

use std::{
    io,
    time::{Duration, Instant},
};

/// Nothing is waited for shorter than this: at high rates several requests go out at one waking.
const SHORTEST: Duration = Duration::from_micros(20);

#[cfg(target_os = "linux")]
pub(crate) use precise::Alarm;

#[cfg(not(target_os = "linux"))]
pub(crate) use coarse::Alarm;

#[cfg(target_os = "linux")]
mod precise {
    use std::os::fd::OwnedFd;

    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };
    use tokio::io::unix::AsyncFd;

    use super::{Duration, Instant, SHORTEST, io};

    /// A timer of the kernel's, exact to some ten microseconds.
    #[derive(Debug)]
    pub(crate) struct Alarm(AsyncFd<OwnedFd>);

    impl Alarm {
        #[expect(
            deprecated,
            reason = "the safe way to register; an owned file stays the same and open, which is all it asks"
        )]
        pub(crate) fn new() -> io::Result<Self> {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
            Ok(Self(AsyncFd::new(timer)?))
        }

        /// Until then, or a little later.
        pub(crate) async fn at(&self, then: Instant) -> io::Result<()> {
            let wait = then.saturating_duration_since(Instant::now()).max(SHORTEST);
            let once = Itimerspec {
                it_interval: spec(Duration::ZERO),
                it_value: spec(wait),
            };
            timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once)?;
            loop {
                let mut ready = self.0.readable().await?;
                let read = ready.try_io(|timer| {
                    let mut count = [0; 8];
                    Ok(rustix::io::read(timer.get_ref(), &mut count)?)
                });
                if let Ok(read) = read {
                    return read.map(|_| ());
                }
            }
        }
    }

    fn spec(duration: Duration) -> Timespec {
        Timespec {
            tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: duration.subsec_nanos().into(),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod coarse {
    use super::{Instant, SHORTEST, io};

    /// tokio's own timer.
    #[derive(Debug)]
    pub(crate) struct Alarm;

    impl Alarm {
        pub(crate) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        pub(crate) async fn at(&self, then: Instant) -> io::Result<()> {
            tokio::time::sleep_until(then.max(Instant::now() + SHORTEST).into()).await;
            Ok(())
        }
    }
}
