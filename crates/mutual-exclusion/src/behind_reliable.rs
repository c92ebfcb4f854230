//! A solution behind reliable links is the same solution.

use alloc::vec::Vec;

use protocol::{Packet, ProcessId, Reliable};

use crate::{Cost, MutualExclusion, Phase};

impl<P: MutualExclusion<Message: Clone>> MutualExclusion for Reliable<P> {
    const BYPASSES: u32 = P::BYPASSES;

    fn phase(&self) -> Phase {
        self.inner().phase()
    }

    fn waits_for(&self) -> Vec<ProcessId> {
        self.inner().waits_for()
    }

    fn is_request(packet: &Packet<P::Message>) -> bool {
        matches!(packet, Packet::Data { message, .. } if P::is_request(message))
    }

    /// Of the solution's own messages, as a monitor [`Inside`](protocol::Inside) counts them.
    fn messages_per_entry(sites: u64) -> Cost {
        P::messages_per_entry(sites)
    }
}
