//! A process at a terminal of its own, and somebody who types there and looks at the screen.

use std::{
    fs::File,
    io::{self, Read, Write},
    num::NonZeroU16,
    os::fd::OwnedFd,
    process::Command,
    sync::{Arc, Condvar, Mutex},
    thread::{self, JoinHandle},
    time::Instant,
};

use rustix::{
    pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt},
    termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize},
};

use crate::{
    Ended, Running,
    process::{HANG, Lines},
};

/// How many rows and columns the screen has: enough for what is told in a test, unbroken.
const ROWS: NonZeroU16 = NonZeroU16::new(60).unwrap();
const COLUMNS: NonZeroU16 = NonZeroU16::new(120).unwrap();

/// Runs a command to its end at a terminal on which all of `typed` has been typed before it
/// begins. What it prints is what the terminal is sent, with the echo.
pub fn run_at_terminal(mut command: Command, typed: &str) -> Ended {
    let (mut keyboard, terminal) = terminal();
    let screen = keyboard.try_clone().unwrap();
    keyboard.write_all(typed.as_bytes()).unwrap();
    drop(keyboard);
    sit_down(&mut command, terminal);
    let running = Running::start_at(&mut command, Lines::of(screen));
    drop(command); // Nobody else has the terminal open now: with the process, the output ends.
    running.finish()
}

/// A process at a terminal, whose keys are pressed when the screen shows what they answer.
pub struct AtTerminal {
    running: Running,
    keyboard: File,
    screen: Arc<Screen>,
    /// Keeps the screen up to date until everybody has left the terminal.
    showing: JoinHandle<()>,
}

/// What is shown, and that something is new on it.
struct Screen(Mutex<vt100::Parser>, Condvar);

impl AtTerminal {
    /// Starts it.
    pub fn start(mut command: Command) -> Self {
        let (keyboard, terminal) = terminal();
        let (ws_row, ws_col) = (ROWS.get(), COLUMNS.get());
        let size = Winsize { ws_row, ws_col, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&terminal, size).unwrap();
        let parser = vt100::Parser::new(ROWS, COLUMNS, 0);
        let screen = Arc::new(Screen(Mutex::new(parser), Condvar::new()));
        let (output, shown) = (keyboard.try_clone().unwrap(), Arc::clone(&screen));
        let showing = thread::spawn(move || shown.show(output));
        sit_down(&mut command, terminal);
        let running = Running::start_at(&mut command, Lines::of(io::empty()));
        Self { running, keyboard, screen, showing }
    }

    /// Presses these keys, or sends what no key does.
    pub fn presses(&mut self, keys: impl AsRef<[u8]>) {
        self.keyboard.write_all(keys.as_ref()).unwrap();
    }

    /// Waits until a line is edited, where no question on the screen shows that it is. What is
    /// pressed before is echoed twice.
    pub fn edits_a_line(&self) {
        let deadline = Instant::now() + HANG;
        while tcgetattr(&self.keyboard).unwrap().local_modes.contains(LocalModes::ICANON) {
            assert!(Instant::now() < deadline, "nobody edits a line:\n{}", self.screen());
            thread::yield_now();
        }
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) {
        self.presses(format!("{line}\r"));
    }

    /// Waits until the screen shows this text somewhere.
    pub fn shows(&self, text: &str) {
        self.screen.wait_until(|screen| screen.contains(text));
    }

    /// Waits until the last line with something on it is this one.
    pub fn ends_with(&self, line: &str) {
        self.screen.wait_until(|screen| screen.lines().last() == Some(line.trim_end()));
    }

    /// All that is on the screen, line by line, without what is blank at the end.
    pub fn screen(&self) -> String {
        self.screen.wait_until(|_| true)
    }

    /// The process, to send it signals.
    pub fn process(&mut self) -> &mut Running {
        &mut self.running
    }

    /// Waits for its end. What was printed is what the screen shows then.
    pub fn finish(self) -> Ended {
        let ended = self.running.finish();
        self.showing.join().unwrap();
        Ended { stdout: self.screen.wait_until(|_| true), ..ended }
    }
}

impl Screen {
    fn show(&self, mut output: File) {
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = output.read(&mut bytes) {
            self.0.lock().unwrap().process(&bytes[..length]);
            self.1.notify_all();
        }
    }

    /// Waits until it shows what it should, and returns all lines up to the last that has
    /// something on it, without the space at their ends.
    fn wait_until(&self, is_shown: impl Fn(&str) -> bool) -> String {
        let Self(parser, news) = self;
        let look = |parser: &vt100::Parser| {
            let shown = parser.screen().contents();
            let lines: Vec<&str> = shown.trim_end().lines().map(str::trim_end).collect();
            lines.join("\n")
        };
        let parser = parser.lock().unwrap();
        let waited = news.wait_timeout_while(parser, HANG, |parser| !is_shown(&look(parser)));
        let (parser, wait) = waited.unwrap();
        let shown = look(&parser);
        drop(parser);
        assert!(!wait.timed_out(), "the screen stays:\n{shown}");
        shown
    }
}

/// A new terminal: what types on it and reads its screen, and what a process has of it.
fn terminal() -> (File, OwnedFd) {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let keyboard = openpt(flags).unwrap();
    grantpt(&keyboard).unwrap();
    unlockpt(&keyboard).unwrap();
    let terminal = ioctl_tiocgptpeer(&keyboard, flags).unwrap();
    (File::from(keyboard), terminal)
}

fn sit_down(command: &mut Command, terminal: OwnedFd) {
    command.env("TERM", "xterm").stdin(terminal.try_clone().unwrap()).stdout(terminal);
}
