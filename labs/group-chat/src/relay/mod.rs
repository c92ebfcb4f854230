//! The relay: a server in the middle, and whatever a client says, all others hear.
//!
//! A client opens a connection and is there; when the connection ends, it is not. What it sends is
//! passed on as it came. There is no request and no answer, so that anything that can open a TCP
//! connection is a client.
//!
//! **Assumes.** What a client and the relay send each other arrives once and in order, until the
//! link between them ends, as over TCP. Anybody may die at any moment, and may come back without
//! its memory.
//!
//! **Guarantees.** Nobody hears himself. Everybody else who is there hears each piece once, whole,
//! and as it was sent: what came without a line feed is passed on without. The pieces of one client
//! are heard in the order in which it sent them, and all hear those of *different* clients in the
//! same order, that in which they came to the relay. Who comes or goes loses nobody else's words.
//!
//! **Does not guarantee** that who speaks knows where his words stand among those of others, as he
//! never hears them: that is what a total order is for ([`multicast`](crate::multicast)). Nor that
//! anybody is heard who goes while his words are on their way.
//!
//! **Beyond the course's server**, a client may take a name, ask who is here, and be told what was
//! said before it came. By default none of this shows: a client that asks for nothing sees the old
//! wire, to the byte.
//!
//! | idea                                         | where                                       |
//! |----------------------------------------------|---------------------------------------------|
//! | what is said, and by whom                    | [`Message`], [`Request`], [`Response`], [`Speaker`] |
//! | how it looks on the wire                     | [`decode`], [`encode`], [`is_name`]         |
//! | who passes it on                             | [`Relay`], [`Settings`]                     |
//! | who talks                                    | [`Client`]                                  |
//! | what must be true                            | [`Hearing`], [`names`]                      |

// What is said.
mod message;
mod text;

// Who says it.
pub mod client;
pub mod server;
mod settings;

// What must be true.
mod hearing;
mod properties;

pub use client::Client;
pub use hearing::Hearing;
pub use message::{Message, Request, Response, Speaker};
pub use properties::{Exchange, SERVER, System, company, names};
pub use server::Relay;
pub use settings::Settings;
pub use text::{LONGEST_NAME, LONGEST_PIECE, decode, encode, is_name, printed};
