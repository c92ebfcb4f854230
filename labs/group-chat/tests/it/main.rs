//! What the lab promises, held against its library.
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
//!
//! After a change, `GOLDEN=overwrite cargo test -p group-chat` writes the runs that go wrong down
//! anew.

mod agreed;
mod by_hand;
mod causal;
mod check;
mod client;
mod fifo;
mod limits;
mod mutants;
mod relay;
mod sequencer;
mod simulate;
mod system;
mod text;
