//! The browser's process, and the pipes to it.
//!
//! Its debugging protocol is spoken over pipes, so no port is opened. Each message is JSON, ended
//! by a NUL.

use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread::{self, JoinHandle},
    time::Instant,
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use tempfile::TempDir;

/// Hands over the pipes that the protocol asks for, at 3 and 4, and becomes the browser.
const LAUNCH: &str = r#"exec chromium "$@" 3<&0 4>&1 0</dev/null 1>&2"#;

/// A headless browser. It is gone, with all that it has written, as soon as this is dropped.
pub(crate) struct Pipe {
    child: Child,
    requests: ChildStdin,
    answers: Receiver<Value>,
    complaints: Option<JoinHandle<String>>,
    /// Last, as fields are dropped in order: nobody writes to it any more.
    _profile: TempDir,
}

impl Pipe {
    pub(crate) fn open() -> Self {
        let profile = TempDir::new().expect("a folder for temporary files is there");
        let mut command = Command::new("sh");
        command.args(["-c", LAUNCH, "sh", "--headless=new", "--remote-debugging-pipe"]);
        // Root can't have a sandbox, and needs none for pages of our own; containers have little
        // shared memory.
        command.args(["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]);
        command.args(["--no-first-run", "--disable-breakpad", "--disable-background-networking"]);
        command.arg("--log-level=3"); // That there is no desktop need not be said.
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.process_group(0).spawn().expect("there is a shell");
        let piped = "was asked for as a pipe";
        Self {
            requests: child.stdin.take().expect(piped),
            answers: messages(child.stdout.take().expect(piped)),
            complaints: Some(all_of(child.stderr.take().expect(piped))),
            child,
            _profile: profile,
        }
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let sent = write!(self.requests, "{message}\0").and_then(|()| self.requests.flush());
        if let Err(error) = sent {
            self.give_up(&error.to_string());
        }
    }

    /// The next message; it must have come by the deadline.
    pub(crate) fn receive(&mut self, deadline: Instant) -> Value {
        match self.answers.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(message) => message,
            Err(error) => self.give_up(&error.to_string()),
        }
    }

    fn give_up(&mut self, why: &str) -> ! {
        let complaints = self.kill();
        panic!("{why}; Chromium said:\n{complaints}");
    }

    /// Ends the browser and all processes that it has started, and returns what they complained
    /// of.
    fn kill(&mut self) -> String {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        // There may be nobody left to kill.
        let _ = group.map(|group| kill_process_group(group, Signal::KILL));
        let _ = self.child.wait();
        // It ends when there is nobody left who could write to it, or to the profile.
        self.complaints.take().and_then(|it| it.join().ok()).unwrap_or_default()
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        if self.complaints.is_some() {
            self.kill();
        }
    }
}

/// The messages that come, until there are no more.
fn messages(from: impl Read + Send + 'static) -> Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let texts = BufReader::new(from).split(0).map_while(Result::ok);
        let mut messages = texts.map_while(|text| serde_json::from_slice(&text).ok());
        messages.try_for_each(|message| sender.send(message))
    });
    receiver
}

fn all_of(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // Whatever can't be read would only have helped to find a failure's cause.
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
