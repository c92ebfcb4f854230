//! Bytes: what two programs say to each other over a stream, and nothing of how it gets there.
//!
//! A stream of bytes knows no messages, no names and no friends. This crate gives it all three:
//! [`frame`] cuts it into messages, [`hello`] says who is at the other end, and [`secret`] proves
//! that they belong to us; [`text`] is for those who know no frames. There is no socket in here:
//! bytes and messages go in, bytes and messages come out, so that every word of it is tested
//! without a network.
//!
//! **Assumes** a stream that keeps the order and loses nothing before it ends, as TCP's.
//! Whatever comes out of it is hostile until parsed: no bytes make a function of this crate
//! panic, or allocate more than the limit that it was given.
//!
//! **Left out** on purpose: encryption. Whoever can read the network can read the messages.
//!
//! # Example
//!
//! ```
//! use bytes::BytesMut;
//! use wire::frame::{self, Splitter};
//!
//! let mut stream = BytesMut::new();
//! frame::encode(&("enter", 7_u64), frame::MAX, &mut stream)?;
//! frame::encode(&("leave", 8_u64), frame::MAX, &mut stream)?;
//!
//! let mut splitter = Splitter::new(frame::MAX);
//! let first = splitter.split(&mut stream)?.expect("the whole frame is there");
//! assert_eq!(frame::decode::<(String, u64)>(&first)?, ("enter".into(), 7));
//! # Ok::<(), frame::FrameError>(())
//! ```

pub mod frame;
pub mod hello;
pub mod secret;
pub mod text;
