//! Ctrl-C, SIGTERM and a terminal that is closed: the wish that everything ends, cleanly.

use std::{
    io, mem, panic,
    sync::atomic::{AtomicU8, Ordering},
};

use tokio::{select, signal, task::spawn_blocking};

use crate::Failure;

/// SIGINT: Ctrl-C, as a signal or as a key.
const INTERRUPT: u8 = 2;
/// SIGTERM.
#[cfg(unix)]
const TERMINATE: u8 = 15;
/// SIGHUP: the terminal was closed.
#[cfg(unix)]
const HANGUP: u8 = 1;

/// The number of the signal that somebody wanted us to stop with.
static HEARD: AtomicU8 = AtomicU8::new(INTERRUPT);

/// With which code a process ends that somebody stopped: as the shell says of those whom a signal
/// ends.
pub(crate) fn exit_code() -> u8 {
    128 + HEARD.load(Ordering::Relaxed)
}

/// Notices that somebody wants us to stop, from the moment it is made.
pub struct Stop {
    #[cfg(unix)]
    interrupt: signal::unix::Signal,
    #[cfg(unix)]
    terminate: signal::unix::Signal,
    #[cfg(unix)]
    hangup: signal::unix::Signal,
    #[cfg(windows)]
    interrupt: signal::windows::CtrlC,
}

impl Stop {
    /// Listens from now on; the signals no longer end the process by themselves.
    ///
    /// # Errors
    /// When the system has no room for another signal handler.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn listen() -> Result<Self, Failure> {
        Self::try_listen().map_err(|error| Failure::Failed(format!("can't hear Ctrl-C: {error}")))
    }

    #[cfg(unix)]
    fn try_listen() -> io::Result<Self> {
        use signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt())?;
        let (terminate, hangup) = (SignalKind::terminate(), SignalKind::hangup());
        Ok(Self { interrupt, terminate: signal(terminate)?, hangup: signal(hangup)? })
    }

    #[cfg(windows)]
    fn try_listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal::windows::ctrl_c()? })
    }

    /// Waits until somebody wants us to stop.
    #[cfg(unix)]
    pub async fn requested(&mut self) {
        let heard = select! {
            _ = self.interrupt.recv() => INTERRUPT,
            _ = self.terminate.recv() => TERMINATE,
            _ = self.hangup.recv() => HANGUP,
        };
        HEARD.store(heard, Ordering::Relaxed);
    }

    /// Waits until somebody wants us to stop.
    #[cfg(windows)]
    pub async fn requested(&mut self) {
        self.interrupt.recv().await;
    }
}

/// Does, on a thread of its own, what can't be stopped but by ending the process. `None` if somebody
/// wants us to stop before it is done: nobody waits for that then.
///
/// # Errors
/// When the system has no room for another signal handler.
pub(crate) async fn unless_stopped<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, Failure> {
    let mut stop = Stop::listen()?;
    select! {
        ended = spawn_blocking(work) => {
            Ok(Some(ended.unwrap_or_else(|error| panic::resume_unwind(error.into_panic()))))
        }
        () = stop.requested() => {
            // The work goes on for as long as the process does. What this thread prints is the end.
            mem::forget(io::stdout().lock());
            Ok(None)
        }
    }
}
