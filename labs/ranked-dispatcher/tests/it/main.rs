//! What the lab promises, held against its library.
//!
//! | what                                                   | where                        |
//! |--------------------------------------------------------|------------------------------|
//! | what the server guarantees, request by request         | `server.rs`                  |
//! | what a client knows                                    | `client.rs`                  |
//! | the text wire, tasks and policies                      | `text.rs`                    |

mod by_hand;
mod client;
mod server;
mod text;
