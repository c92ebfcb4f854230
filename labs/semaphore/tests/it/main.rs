//! What the lab promises, held against its library and its binary.
//!
//! | what                                                   | where                        |
//! |--------------------------------------------------------|------------------------------|
//! | what the server guarantees, request by request         | `server.rs`                  |
//! | what a client believes                                 | `client.rs`                  |
//! | the text wire                                          | `text.rs`                    |
//! | runs in virtual time, under faults                     | `simulate.rs`                |
//! | every run there can be                                 | `check.rs`                   |
//! | what each point of the server is for                   | `mutants.rs`, `../golden`    |
//! | what people read, and programs                         | `golden.rs`, `../golden`     |
//! | the course's sessions, at terminals and through pipes  | `sessions.rs`                |
//! | a client beside a server that says what it is to       | `scripted.rs`                |
//! | processes that are killed, and whoever finds the port  | `processes.rs`               |
//!
//! After a change, `GOLDEN=overwrite cargo test -p semaphore mutants` writes the runs that go wrong
//! down anew, and `TRYCMD=overwrite cargo test -p semaphore golden` what people read.

mod by_hand;
mod check;
mod client;
mod golden;
mod mutants;
mod processes;
mod scripted;
mod server;
#[cfg(target_os = "linux")]
mod sessions;
mod simulate;
mod system;
mod text;

use std::path::Path;

use lab_tests::{Lab, Server};

const LAB: Lab = Lab {
    name: "semaphore",
    path: env!("CARGO_BIN_EXE_semaphore"),
    scratch: env!("CARGO_TARGET_TMPDIR"),
};

/// Starts a server in its first life.
fn serve(options: &str) -> Server {
    let scratch = tempfile::tempdir().expect("a folder");
    serve_with_epochs(&scratch.path().join("epochs"), options)
}

/// Starts a server in the next life of those in that file.
fn serve_with_epochs(epochs: &Path, options: &str) -> Server {
    LAB.serve(&format!("--epochs {} {options}", epochs.display()))
}
