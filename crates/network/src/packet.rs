//! What two nodes say to each other once both have said hello.

use serde::{Deserialize, Serialize};

/// One frame of a link that is up.
#[derive(Serialize, Deserialize)]
pub(crate) enum Packet<M> {
    /// "I won't listen to you any longer." Nothing follows.
    ///
    /// It has the bytes of [`Word::Refused`](wire::hello::Word::Refused), and must keep them.
    /// For the two sides don't come up at the same moment: whoever has said its last word of the
    /// hello takes what follows for packets, while the other may still refuse, as its hello took
    /// too long or somebody else came in meanwhile. That refusal is read as this.
    Refused { why: String },
    /// From process to process.
    Message(M),
    /// "I am still here."
    Heartbeat,
    /// "I ask for nothing more, I only answer."
    Farewell { tally: u64 },
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use wire::{
        frame::{self, FrameError},
        hello::Word,
    };

    use super::*;

    #[test]
    fn a_refusal_has_the_same_bytes_during_the_hello_and_after_it() -> Result<(), FrameError> {
        let why = String::from("no");
        let [mut during, mut after] = [BytesMut::new(), BytesMut::new()];
        frame::encode(&Word::Refused { why: why.clone() }, frame::MAX, &mut during)?;
        frame::encode(&Packet::<()>::Refused { why }, frame::MAX, &mut after)?;
        assert_eq!(&after[..], b"\x00\x00\x00\x04\x00\x02no");
        assert_eq!(during, after);
        Ok(())
    }
}
