//! What the lab promises, held against its library and its binary.
//!
//! | what                                                   | where                        |
//! |--------------------------------------------------------|------------------------------|
//! | what the server guarantees, request by request         | `server.rs`                  |
//! | what a client knows                                    | `client.rs`                  |
//! | the text wire, tasks and policies                      | `text.rs`                    |
//! | runs in virtual time, under faults                     | `simulate.rs`, `silent.rs`   |
//! | every run there can be                                 | `check.rs`                   |
//! | what each point of the server is for                   | `mutants.rs`, `../golden`    |
//! | what people read, and programs                         | `golden.rs`, `../golden`     |
//! | the course's sessions, at terminals and through pipes  | `sessions.rs`                |
//! | processes that are killed, and whoever finds the port  | `processes.rs`               |
//!
//! After a change, `GOLDEN=overwrite cargo test -p ranked-dispatcher mutants` writes the runs that go
//! wrong down anew, and `TRYCMD=overwrite cargo test -p ranked-dispatcher golden` what people read.

mod by_hand;
mod check;
mod client;
mod golden;
mod mutants;
mod processes;
mod server;
#[cfg(target_os = "linux")]
mod sessions;
mod silent;
mod simulate;
mod system;
mod tally;
mod text;

use lab_tests::Lab;

const LAB: Lab = Lab {
    name: "ranked-dispatcher",
    path: env!("CARGO_BIN_EXE_ranked-dispatcher"),
    scratch: env!("CARGO_TARGET_TMPDIR"),
};
