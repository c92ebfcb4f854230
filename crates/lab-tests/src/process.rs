//! Processes: what they say, how they end, and that they do end, also when a test fails.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

/// A process that has not come to its end after so long has hung. No test waits for it to pass.
pub(crate) const HANG: Duration = Duration::from_secs(60);

/// Runs a command to its end; on standard input it finds nothing.
pub fn run(command: &mut Command) -> Ended {
    Running::start(command).finish()
}

/// Runs a command to its end; on standard input it finds `input`.
pub fn run_on(command: &mut Command, input: &[u8]) -> Ended {
    let mut running = Running::start_listening(command);
    // Whoever has read enough hangs up.
    let _ = running.stdin.as_mut().unwrap().write_all(input);
    running.finish()
}

/// How a process ended, and what it had said.
#[derive(Debug)]
pub struct Ended {
    /// `None` if it was killed.
    pub code: Option<i32>,
    /// All of it.
    pub stdout: String,
    /// All of it, and of what its children wrote.
    pub stderr: String,
}

impl Ended {
    /// The last line of standard output, which is the verdict.
    pub fn verdict(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }
}

/// A process, which is killed with all its children when a test is done with it.
pub struct Running {
    child: Child,
    /// Where it reads what is [said](Self::says) to it, if it reads a pipe.
    stdin: Option<ChildStdin>,
    /// What it tells.
    pub stdout: Lines,
    /// What it complains of.
    pub stderr: Lines,
    /// Whether it has been waited for. Until then nobody else gets its process id, nor that of
    /// its group.
    is_reaped: bool,
}

impl Running {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        let mut child = spawn(command.stdout(Stdio::piped()));
        let stdout = Lines::of(child.stdout.take().unwrap());
        Self::of(child, stdout)
    }

    /// Starts it at a terminal, of which one hears this.
    #[cfg(target_os = "linux")]
    pub(crate) fn start_at(command: &mut Command, stdout: Lines) -> Self {
        Self::of(spawn(command), stdout)
    }

    fn of(mut child: Child, stdout: Lines) -> Self {
        let stderr = Lines::of(child.stderr.take().unwrap());
        Self { stdin: child.stdin.take(), child, stdout, stderr, is_reaped: false }
    }

    /// Starts it with a pipe to read from.
    pub fn start_listening(command: &mut Command) -> Self {
        Self::start(command.stdin(Stdio::piped()))
    }

    /// Says a line to it.
    pub fn says(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Says nothing more to it.
    pub fn says_no_more(&mut self) {
        self.stdin = None;
    }

    /// Its process id, which is that of its group.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it as nothing else does: at once, and it can do nothing about it.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Says nothing more to it, and waits for the end of it and of all who write to its standard
    /// error: its children.
    pub fn finish(mut self) -> Ended {
        self.says_no_more();
        self.stdout.read_all();
        self.stderr.read_all();
        let status = self.wait();
        let (stdout, stderr) = (std::mem::take(&mut self.stdout), std::mem::take(&mut self.stderr));
        Ended { code: status.code(), stdout: stdout.read, stderr: stderr.read }
    }

    fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        self.is_reaped = true;
        status
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        assert!(send(name, &self.id().to_string()), "no signal {name}");
    }

    /// Sends a signal to it and to its children, as a terminal does.
    #[cfg(unix)]
    pub fn signal_all(&self, name: &str) {
        assert!(send(name, &format!("-{}", self.id())), "no signal {name}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_reaped {
            #[cfg(unix)]
            send("KILL", &format!("-{}", self.id()));
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// In a group of its own, so that it can be killed with its children.
fn spawn(command: &mut Command) -> Child {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command.stderr(Stdio::piped()).spawn().unwrap()
}

/// The shell's own `kill`: the standard library has none.
#[cfg(unix)]
pub fn send(signal: &str, to: &str) -> bool {
    let mut shell = Command::new("sh");
    shell.args(["-c", "kill -s \"$1\" -- \"$2\"", "sh", signal, to]).stderr(Stdio::null());
    shell.status().is_ok_and(|status| status.success())
}

/// What a process writes, line by line. Whoever drops this hangs up on it.
pub struct Lines {
    coming: Receiver<String>,
    /// When it must have come to its end.
    deadline: Instant,
    /// All that was read so far.
    read: String,
}

impl Default for Lines {
    fn default() -> Self {
        Self { coming: channel().1, deadline: Instant::now(), read: String::new() }
    }
}

impl Lines {
    pub(crate) fn of(output: impl Read + Send + 'static) -> Self {
        let (sender, coming) = channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = String::new();
            while output.read_line(&mut line).is_ok_and(|length| length > 0) {
                if sender.send(std::mem::take(&mut line)).is_err() {
                    return;
                }
            }
        });
        Self { coming, deadline: Instant::now() + HANG, read: String::new() }
    }

    /// The next line that has `part` in it.
    pub fn until(&mut self, part: &str) -> String {
        if let Some(line) = self.find(|line| line.contains(part)) {
            return line;
        }
        panic!("no `{part}` in:\n{}", self.read);
    }

    fn read_all(&mut self) {
        self.for_each(drop);
    }
}

impl Iterator for Lines {
    type Item = String;

    /// The next line, without its end; `None` after the last one.
    fn next(&mut self) -> Option<String> {
        let patience = self.deadline.saturating_duration_since(Instant::now());
        match self.coming.recv_timeout(patience) {
            Ok(line) => {
                self.read += &line;
                Some(line.trim_end().to_owned())
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("it does not end, after:\n{}", self.read),
        }
    }
}
