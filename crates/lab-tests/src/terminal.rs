//! A process at a terminal of its own.

use std::{fs::File, io::Write, process::Command};

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};

use crate::{Ended, Running};

/// Runs a command to its end at a terminal on which all of `typed` has been typed before it
/// begins. What it prints is what the terminal shows, with the echo.
pub fn run_at_terminal(mut command: Command, typed: &str) -> Ended {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let keyboard = openpt(flags).unwrap();
    grantpt(&keyboard).unwrap();
    unlockpt(&keyboard).unwrap();
    let terminal = ioctl_tiocgptpeer(&keyboard, flags).unwrap();
    let screen = keyboard.try_clone().unwrap();
    File::from(keyboard).write_all(typed.as_bytes()).unwrap();

    command.env("TERM", "xterm").stdin(terminal.try_clone().unwrap()).stdout(terminal);
    let running = Running::start_at(&mut command, File::from(screen));
    drop(command); // Nobody else has the terminal open now: with the process, the output ends.
    running.finish()
}
