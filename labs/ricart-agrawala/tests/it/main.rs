//! What the lab promises, held against its library and against its binary.
//!
//! | what                                                   | where                      |
//! |--------------------------------------------------------|----------------------------|
//! | the paper's claims                                     | `paper.rs`                 |
//! | what each point of the algorithm is for                | `mutants.rs`               |
//! | what people read, to the letter                        | `golden.rs`, `../golden`   |
//! | the course's exercise                                  | `scenario.rs`              |
//! | runs in virtual time, and their replay                 | `simulate.rs`              |
//! | every run there can be                                 | `check.rs`                 |
//! | what is written down, drawn, and taken again           | `trace.rs`                 |
//! | operating-system processes, killed and interrupted     | `cluster.rs`               |
//! | processes that find each other                         | `node.rs`                  |
//! | strangers at the door                                  | `hostile.rs`               |
//!
//! After a change of what people read, `TRYCMD=overwrite cargo test -p ricart-agrawala golden`
//! writes it down anew, and `GOLDEN=overwrite cargo test -p ricart-agrawala` the runs that go
//! wrong.

mod check;
mod cluster;
mod golden;
mod hostile;
mod mutants;
mod node;
mod paper;
mod scenario;
mod simulate;
mod trace;

const LAB: lab_tests::Lab = lab_tests::Lab {
    name: "ricart-agrawala",
    path: env!("CARGO_BIN_EXE_ricart-agrawala"),
    scratch: env!("CARGO_TARGET_TMPDIR"),
};
