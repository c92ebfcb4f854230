//! A message that goes to many: what it is on each wire is made once.

use bytes::BytesMut;
use serde::Serialize;
use wire::{frame, text::Codec};

use crate::{packet::Packet, plain};

/// A message, and what it is on each wire, as far as somebody needed it.
pub(crate) struct Saying<M> {
    pub(crate) message: M,
    frame: Option<Result<BytesMut, String>>,
    text: Option<Result<BytesMut, String>>,
}

impl<M: Serialize> Saying<M> {
    pub(crate) fn new(message: M) -> Self {
        Self { message, frame: None, text: None }
    }

    /// What it is for a peer that reads text by that codec, or frames of at most `limit` bytes.
    ///
    /// # Errors
    /// Why it can't be sent.
    pub(crate) fn bytes(
        &mut self,
        codec: Option<&dyn Codec<Message = M>>,
        limit: usize,
    ) -> Result<&[u8], String> {
        let Self { message, frame, text } = self;
        let packet = Packet::Message(&*message);
        let made = match codec {
            Some(codec) => text.get_or_insert_with(|| {
                let mut bytes = BytesMut::new();
                let made = plain::encode(codec, &packet, &mut bytes);
                made.map(|()| bytes).map_err(|error| error.to_string())
            }),
            None => frame.get_or_insert_with(|| {
                let mut bytes = BytesMut::new();
                let made = frame::encode(&packet, limit, &mut bytes);
                made.map(|()| bytes).map_err(|error| error.to_string())
            }),
        };
        made.as_deref().map_err(Clone::clone)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::Cell,
        fmt::{Display, Formatter},
    };

    use serde::Serializer;
    use wire::text::Verbatim;

    use super::*;

    thread_local! {
        static TAKEN_APART: Cell<u32> = const { Cell::new(0) };
    }

    /// Counts how often it is taken apart.
    struct Counted(u32);

    impl Serialize for Counted {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            TAKEN_APART.set(TAKEN_APART.get() + 1);
            serializer.serialize_u32(self.0)
        }
    }

    impl Display for Counted {
        fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
            TAKEN_APART.set(TAKEN_APART.get() + 1);
            self.0.fmt(f)
        }
    }

    #[test]
    fn what_goes_to_many_is_made_once_for_each_wire() {
        let codec = Verbatim::<Counted>(|_| Ok(Counted(0)));
        let mut framed = BytesMut::new();
        frame::encode(&Packet::Message(7_u32), 100, &mut framed).unwrap();
        let mut saying = Saying::new(Counted(7));
        for _ in 0..3 {
            assert_eq!(saying.bytes(Some(&codec), 100), Ok(&b"7\n"[..]));
            assert_eq!(saying.bytes(None, 100), Ok(&framed[..]));
        }
        assert_eq!(TAKEN_APART.get(), 2);
    }

    #[test]
    fn what_is_too_long_is_refused_each_time() {
        let mut saying = Saying::new("x".repeat(100));
        for _ in 0..2 {
            assert!(saying.bytes(None, 50).is_err());
        }
    }
}
