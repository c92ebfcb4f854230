//! What the lab promises, held against its library.
//!
//! | what                                                   | where                        |
//! |--------------------------------------------------------|------------------------------|
//! | what the server guarantees, request by request         | `server.rs`                  |
//! | what a client knows                                    | `client.rs`                  |
//! | the text wire, tasks and policies                      | `text.rs`                    |
//! | runs in virtual time, under faults                     | `simulate.rs`, `silent.rs`   |
//! | every run there can be                                 | `check.rs`                   |
//! | what each point of the server is for                   | `mutants.rs`, `../golden`    |
//!
//! After a change, `GOLDEN=overwrite cargo test -p ranked-dispatcher mutants` writes the runs that go
//! wrong down anew.

mod by_hand;
mod check;
mod client;
mod mutants;
mod server;
mod silent;
mod simulate;
mod system;
mod tally;
mod text;
