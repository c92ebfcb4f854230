//! What the lab promises, held against its library and its binary.
//!
//! | what                                                   | where                        |
//! |--------------------------------------------------------|------------------------------|
//! | what the relay does with each piece                    | `relay.rs`                   |
//! | what a client does                                     | `client.rs`                  |
//! | the text wire                                          | `text.rs`                    |
//! | what the papers claim of each order                    | `fifo.rs`, `causal.rs`, `sequencer.rs`, `agreed.rs` |
//! | runs in virtual time, under faults                     | `simulate.rs`                |
//! | every run there can be                                 | `check.rs`                   |
//! | what each point of them is for                         | `mutants.rs`, `../golden`    |
//! | what an algorithm does not promise, it does not keep   | `limits.rs`, `../golden`     |
//! | what people read, and programs                         | `golden.rs`, `../golden`     |
//! | the course's sessions, at terminals and through pipes  | `sessions.rs`                |
//! | processes that are killed, and whoever finds the port  | `processes.rs`               |
//!
//! After a change, `GOLDEN=overwrite cargo test -p group-chat` writes the runs that go wrong down
//! anew, and `TRYCMD=overwrite cargo test -p group-chat golden` what people read.

mod agreed;
mod by_hand;
mod causal;
mod check;
mod client;
mod fifo;
mod golden;
mod limits;
mod mutants;
mod processes;
mod relay;
mod sequencer;
mod sessions;
mod simulate;
mod system;
mod text;

use lab_tests::Lab;

const LAB: Lab = Lab {
    name: "group-chat",
    path: env!("CARGO_BIN_EXE_group-chat"),
    scratch: env!("CARGO_TARGET_TMPDIR"),
};
