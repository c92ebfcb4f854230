//! Multicast: whatever a member of a group says, all members deliver, in an order that they can
//! rely on.
//!
//! A message that has arrived need not be *delivered* yet, that is, shown to the application. To
//! hold it back until others have been delivered is all that an algorithm here can do about the
//! order, and each says what it waits for:
//!
//! | algorithm     | a message is delivered after                   | order                         |
//! |---------------|------------------------------------------------|-------------------------------|
//! | [`Fifo`]      | what its sender said before                    | FIFO                          |
//! | [`Causal`]    | what its sender said or had delivered before   | causal                        |
//! | [`Sequencer`] | what one member has numbered before            | total, and causal             |
//! | [`Agreed`]    | what all have agreed to place before           | total                         |
//!
//! The words are those of V. Hadzilacos and S. Toueg, "Fault-Tolerant Broadcasts and Related
//! Problems", in S. Mullender (ed.), *Distributed Systems*, 2nd ed., Addison-Wesley, 1993, 97–145.
//!
//! **Assumes**, all of them: the members are known from the start, and none crashes. Every message
//! arrives exactly once, in any order.
//!
//! | what must be true                                        | where           |
//! |----------------------------------------------------------|-----------------|
//! | everybody delivers each message, once                    | [`ExactlyOnce`] |
//! | a member's messages are delivered as it said them        | [`FifoOrder`]   |
//! | nothing is delivered before what may have led to it      | [`CausalOrder`] |
//! | no two deliver two messages in different orders          | [`TotalOrder`]  |
//! | watched in a run                                         | [`Watch`]       |
//! | somebody has to wait at all                              | [`holding_back`] |

// What is asked, and what is told.
mod member;

// The algorithms, from the weakest order to the strongest.
pub mod causal;
pub mod fifo;

pub mod agreed;
pub mod sequencer;

// What must be true.
mod orders;
mod watch;

pub use agreed::Agreed;
pub use causal::Causal;
pub use fifo::Fifo;
pub use member::{Command, Event, MOST_EARLY, Member, admit, holding_back};
pub use orders::{CausalOrder, ExactlyOnce, FifoOrder, TotalOrder};
pub use sequencer::Sequencer;
pub use watch::{Rule, Saying, Watch};
