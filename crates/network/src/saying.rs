//! What a message is on the wire: made once, however many it goes to.
//!
//! A process that tells everybody the same sends a copy of one message to each, one after the
//! other. To take each apart again would be most of the work.

use bytes::BytesMut;
use serde::Serialize;
use wire::{frame, text::Codec};

use crate::{packet::Packet, plain};

/// The message that was sent last, and what it is on each wire.
pub(crate) struct Saying<M> {
    message: Option<M>,
    /// Empty until somebody needs it.
    frame: BytesMut,
    /// Empty until somebody needs it.
    text: BytesMut,
}

impl<M> Default for Saying<M> {
    fn default() -> Self {
        Self { message: None, frame: BytesMut::new(), text: BytesMut::new() }
    }
}

impl<M: PartialEq + Serialize> Saying<M> {
    /// What `message` is for a peer that reads text by that codec, or frames of at most `limit`
    /// bytes.
    ///
    /// # Errors
    /// Why it can't be sent.
    pub(crate) fn bytes_of(
        &mut self,
        message: M,
        codec: Option<&dyn Codec<Message = M>>,
        limit: usize,
    ) -> Result<&[u8], String> {
        if self.message.as_ref() != Some(&message) {
            self.frame.clear();
            self.text.clear();
            self.message = Some(message);
        }
        let Self { message: Some(message), frame, text } = self else { return Ok(&[]) };
        let packet = Packet::Message(&*message);
        let (bytes, made) = match codec {
            Some(codec) if text.is_empty() => {
                let made = plain::encode(codec, &packet, text).map_err(|error| error.to_string());
                (text, made)
            }
            None if frame.is_empty() => {
                let made = frame::encode(&packet, limit, frame).map_err(|error| error.to_string());
                (frame, made)
            }
            Some(_) => (text, Ok(())),
            None => (frame, Ok(())),
        };
        if made.is_err() {
            bytes.clear(); // Half of it is nothing.
        }
        made.map(|()| &**bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use wire::text::Verbatim;

    use super::*;

    thread_local! {
        static TAKEN_APART: Cell<u32> = const { Cell::new(0) };
    }

    /// Counts how often it is taken apart.
    #[derive(PartialEq)]
    struct Counted(u32);

    impl Serialize for Counted {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            TAKEN_APART.set(TAKEN_APART.get() + 1);
            serializer.serialize_u32(self.0)
        }
    }

    impl std::fmt::Display for Counted {
        fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            TAKEN_APART.set(TAKEN_APART.get() + 1);
            self.0.fmt(f)
        }
    }

    #[test]
    fn what_goes_to_many_is_made_once_for_each_wire() {
        let codec = Verbatim::<Counted>(|_| Ok(Counted(0)));
        let mut saying = Saying::default();
        for (number, text, taken_apart) in [(7, true, 1), (7, true, 1), (7, false, 2), (7, true, 2)]
            .into_iter()
            .chain([(8, true, 3), (8, false, 4), (7, false, 5)])
        {
            let codec = text.then_some(&codec as &dyn Codec<Message = Counted>);
            let bytes = saying.bytes_of(Counted(number), codec, 100).unwrap().to_vec();
            let mut fresh = BytesMut::new();
            frame::encode(&Packet::Message(number), 100, &mut fresh).unwrap();
            let expected = if text { format!("{number}\n").into_bytes() } else { fresh.to_vec() };
            assert_eq!(bytes, expected);
            assert_eq!(TAKEN_APART.get(), taken_apart, "{number}");
        }
    }

    #[test]
    fn what_is_too_long_is_refused_each_time() {
        let mut saying = Saying::default();
        for _ in 0..2 {
            assert!(saying.bytes_of("x".repeat(100), None, 50).is_err());
        }
        assert!(saying.bytes_of("x".into(), None, 50).is_ok());
    }
}
