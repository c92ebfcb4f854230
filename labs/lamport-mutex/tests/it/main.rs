//! What the lab promises, held against its library and against its binary.
//!
//! | what                                                   | where                      |
//! |--------------------------------------------------------|----------------------------|
//! | the paper's claims                                     | `paper.rs`                 |
//! | what each point of the algorithm is for                | `mutants.rs`               |
//! | what people read, to the letter                        | `golden.rs`, `../golden`   |
//! | runs in virtual time, and their replay                 | `simulate.rs`              |
//! | every run there can be                                 | `check.rs`                 |
//! | what matters of a state                                | `outlook.rs`               |
//! | what is written down, drawn, and taken again           | `trace.rs`                 |
//! | operating-system processes, and what they add up to    | `cluster.rs`               |
//!
//! After a change of what people read, `TRYCMD=overwrite cargo test -p lamport-mutex golden`
//! writes it down anew, and `GOLDEN=overwrite cargo test -p lamport-mutex` the runs that go
//! wrong.

mod check;
mod cluster;
mod golden;
mod mutants;
mod outlook;
mod paper;
mod simulate;
mod trace;

const LAB: lab_tests::Lab = lab_tests::Lab {
    name: "lamport-mutex",
    path: env!("CARGO_BIN_EXE_lamport-mutex"),
    scratch: env!("CARGO_TARGET_TMPDIR"),
};
