//! Frames: one message each, four bytes of length (big-endian) before it.
//!
//! A reader must know where a message ends before it can look inside, and must not believe a
//! sender who says "four gigabytes follow". So the length comes first, and it is held against a
//! limit before a single byte is allocated.
//!
//! The bytes of a message are [bincode]'s. Its 3.0.0 on the registry is a tombstone that does
//! not compile; 2.0.1 is the last release that works, and nobody maintains it any more
//! (RUSTSEC-2025-0141). The course asks for it, so it is used in this module alone, behind
//! [`encode`] and [`decode`]: replacing it touches this one file. Two rules keep it harmless.
//! It always decodes `with_limit`, for without one an eleven-byte frame that claims to hold a
//! long `String` would bring the process down. And collections of zero-sized items never go on
//! the wire: their length costs the sender nothing and the receiver a loop.
//!
//! [bincode]: https://docs.rs/bincode/2.0.1

use bincode::{
    config::{self, Config},
    enc::write::Writer,
    error::{DecodeError, EncodeError},
};
use bytes::{BufMut, BytesMut};
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;
use tokio_util::codec::{Decoder, LengthDelimitedCodec};

/// The longest message that any frame may hold, in bytes. A limit may be lower, never higher.
pub const MAX: usize = 1 << 20;

/// The length before each message, in bytes.
const HEAD: usize = size_of::<u32>();

/// Cuts frames off the front of what has been read.
pub struct Splitter {
    codec: LengthDelimitedCodec,
    limit: usize,
}

impl Splitter {
    /// A splitter that refuses messages of more than `limit` bytes.
    pub fn new(limit: usize) -> Self {
        let limit = limit.min(MAX);
        let codec = LengthDelimitedCodec::builder().max_frame_length(limit).new_codec();
        Self { codec, limit }
    }

    /// The next message, without its length; `None` until all of it is there. It is a part of
    /// the same buffer: nothing is copied.
    ///
    /// # Errors
    /// When the frame claims to be longer than the limit. The stream is of no use from then on.
    pub fn split(&mut self, stream: &mut BytesMut) -> Result<Option<BytesMut>, FrameError> {
        self.codec.decode(stream).map_err(|_| FrameError::TooLong { limit: self.limit })
    }
}

/// Appends `message`, as a frame, to `stream`. On an error, `stream` is as it was.
///
/// # Errors
/// When the message takes more than `limit` bytes, or its `Serialize` fails.
pub fn encode<T: Serialize>(
    message: &T,
    limit: usize,
    stream: &mut BytesMut,
) -> Result<(), FrameError> {
    let limit = limit.min(MAX);
    let start = stream.len();
    stream.put_bytes(0, HEAD);
    let body = Body { stream, end: start + HEAD + limit };
    let encoded = bincode::serde::encode_into_writer(message, body, bytes_of_a_message());
    if let Err(error) = encoded {
        stream.truncate(start);
        return Err(match error {
            EncodeError::UnexpectedEnd => FrameError::TooLong { limit },
            other => FrameError::Unencodable(other),
        });
    }
    let length = (stream.len() - start - HEAD) as u32; // At most MAX, which fits.
    stream[start..start + HEAD].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

/// The message that a frame holds. `frame` is what [`Splitter::split`] cut off.
///
/// # Errors
/// When the bytes are no `T`, or a `T` and something more.
pub fn decode<T: DeserializeOwned>(frame: &[u8]) -> Result<T, FrameError> {
    let decoded = bincode::serde::decode_from_slice(frame, bytes_of_a_message());
    let (message, length) = decoded.map_err(FrameError::Undecodable)?;
    if length < frame.len() {
        return Err(FrameError::Trailing { rest: frame.len() - length });
    }
    Ok(message)
}

/// How a message becomes bytes, and how much memory it may ask for when it is read.
fn bytes_of_a_message() -> impl Config {
    config::standard().with_limit::<MAX>()
}

/// Takes the bytes of one message, up to its limit.
struct Body<'a> {
    stream: &'a mut BytesMut,
    /// How long the stream may become.
    end: usize,
}

impl Writer for Body<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        if bytes.len() > self.end - self.stream.len() {
            return Err(EncodeError::UnexpectedEnd);
        }
        self.stream.put_slice(bytes);
        Ok(())
    }
}

/// Why bytes are no message, or a message is no frame.
#[derive(Debug, Error)]
pub enum FrameError {
    /// It is longer than the limit.
    #[error("a message of more than {limit} bytes: send less at once")]
    TooLong {
        /// What is allowed, in bytes.
        limit: usize,
    },
    /// It is of a type that can't be sent.
    #[error("a message that can't be sent: {0}")]
    Unencodable(#[source] EncodeError),
    /// It is not the kind of message that is expected.
    #[error("a frame that holds no message known here ({0}): run the same build everywhere")]
    Undecodable(#[source] DecodeError),
    /// There is more in the frame than a message.
    #[error("a frame with {rest} bytes too many: run the same build everywhere")]
    Trailing {
        /// How many bytes follow the message.
        rest: usize,
    },
}
