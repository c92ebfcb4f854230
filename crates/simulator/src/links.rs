//! What becomes of a message on its way.

use std::{mem, time::Duration};

use protocol::{Fate, ProcessId};
use scenario::{Dice, Links, Order, Topology};

/// How many messages met which fate in a run.
///
/// ```
/// use simulator::Fates;
///
/// let mut both = Fates { sent: 2, delivered: 1, lost: 1, ..Fates::default() };
/// both.merge(&Fates { sent: 1, delivered: 1, ..Fates::default() });
/// assert_eq!((both.sent, both.delivered, both.lost), (3, 2, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Fates {
    /// Sent by a process; second copies are not among them.
    pub sent: u64,
    /// Given to the process they were for, second copies included.
    pub delivered: u64,
    /// Lost by a link.
    pub lost: u64,
    /// Doubled by a link.
    pub duplicated: u64,
    /// Delivered after one that was sent later on the same link.
    pub overtaken: u64,
    /// Stopped by a partition, a broken connection or a dead receiver.
    pub cut: u64,
}

impl Fates {
    /// One more message has met `fate`.
    pub(crate) fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Lost => self.lost += 1,
            Fate::Duplicated => self.duplicated += 1,
            Fate::Overtaken => self.overtaken += 1,
            Fate::Cut => self.cut += 1,
        }
    }

    /// Those of another run, too.
    pub fn merge(&mut self, other: &Self) {
        self.sent += other.sent;
        self.delivered += other.delivered;
        self.lost += other.lost;
        self.duplicated += other.duplicated;
        self.overtaken += other.overtaken;
        self.cut += other.cut;
    }
}

/// One direction of the link between two processes.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Channel {
    state: State,
    /// Which connection this is: what an earlier one carried is not delivered any more.
    pub(crate) connection: u32,
    /// How many partitions are silently in the way.
    pub(crate) cuts: u32,
    /// What is to happen at its receiver when no partition is silently in the way any more.
    pub(crate) overdue: Overdue,
    /// How many partitions keep the connection down.
    pub(crate) breaks: u32,
    /// Which life of the sender the receiver has been linked to, in its own present life.
    pub(crate) met: Option<u64>,
    /// When the last message that keeps its place among the others arrives.
    last_in_order: u64,
    /// When the last of all the messages put into it arrives.
    empty_at: u64,
    /// The youngest message that it has delivered, by its place in the agenda.
    youngest_delivered: u64,
}

/// What a silent partition keeps from a receiver.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Overdue {
    /// The sender has hung up.
    pub(crate) hangup: bool,
    /// The link may come up again.
    pub(crate) connection: bool,
}

/// What a channel is good for.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Nothing passes.
    #[default]
    Down,
    /// What the sender puts in, the receiver gets.
    Up,
    /// The sender has hung up: the receiver gets what is on its way, and then `Down`.
    Ending,
}

/// All the links of a system.
pub(crate) struct Network {
    links: Links,
    processes: usize,
    /// The channel from `i` to `j` at `i * processes + j`.
    channels: Vec<Channel>,
}

impl Network {
    /// All links of the topology, down.
    pub(crate) fn new(links: Links, processes: u32) -> Self {
        let processes = ProcessId(processes).index();
        Self { links, processes, channels: vec![Channel::default(); processes * processes] }
    }

    /// Whether the topology has a link between the two.
    pub(crate) fn has(&self, a: ProcessId, b: ProcessId) -> bool {
        a != b
            && match self.links.topology {
                Topology::Mesh => true,
                Topology::Star => a.0 == 0 || b.0 == 0,
            }
    }

    pub(crate) fn channel(&mut self, from: ProcessId, to: ProcessId) -> &mut Channel {
        &mut self.channels[from.index() * self.processes + to.index()]
    }

    /// When a message that is sent `now` arrives.
    pub(crate) fn arrival(
        &mut self,
        now: u64,
        from: ProcessId,
        to: ProcessId,
        dice: &mut Dice,
    ) -> u64 {
        let Links { delay, order, reordering, .. } = self.links;
        let mut arrival = now + dice.draw_nanoseconds(&delay);
        let is_held_up = dice.happens(reordering);
        let held_up = if is_held_up { dice.draw_nanoseconds(&delay) } else { 0 };
        let channel = self.channel(from, to);
        if order == Order::Fifo {
            arrival = arrival.max(channel.last_in_order);
            if !is_held_up {
                channel.last_in_order = arrival;
            }
        }
        arrival += held_up;
        channel.empty_at = channel.empty_at.max(arrival);
        arrival
    }

    /// When the end of a connection that ends `now` arrives: after all that was sent before.
    pub(crate) fn end(&mut self, now: u64, from: ProcessId, to: ProcessId, dice: &mut Dice) -> u64 {
        let delay = dice.draw_nanoseconds(&self.links.delay);
        (now + delay).max(self.channel(from, to).empty_at)
    }

    pub(crate) fn keeps_order(&self) -> bool {
        self.links.order == Order::Fifo
    }

    /// All channels, but for what they have carried.
    pub(crate) fn connections(&self) -> Vec<Channel> {
        let channels = self.channels.iter();
        channels.map(|channel| Channel { youngest_delivered: 0, ..*channel }).collect()
    }

    pub(crate) fn loses(&self, dice: &mut Dice) -> bool {
        dice.happens(self.links.loss)
    }

    pub(crate) fn duplicates(&self, dice: &mut Dice) -> bool {
        dice.happens(self.links.duplication)
    }
}

impl Channel {
    /// Whether a connection can begin here.
    pub(crate) fn can_open(&self) -> bool {
        self.state == State::Down && self.breaks == 0
    }

    /// A new connection begins, to the sender in its life `incarnation`.
    pub(crate) fn open(&mut self, incarnation: u64) {
        let connection = self.connection + 1;
        let (state, met, overdue) = (State::Up, Some(incarnation), Overdue::default());
        *self = Self { state, connection, met, overdue, last_in_order: 0, empty_at: 0, ..*self };
    }

    /// The sender hangs up; returns whether there was anything to hang up.
    pub(crate) fn begin_to_end(&mut self) -> bool {
        let was_up = self.state == State::Up;
        if was_up {
            self.state = State::Ending;
        }
        was_up
    }

    /// The receiver has it down; returns whether it had so before.
    pub(crate) fn shut(&mut self) -> bool {
        mem::replace(&mut self.state, State::Down) == State::Down
    }

    /// Whether `connection` still lasts.
    pub(crate) fn is_connected(&self, connection: u32) -> bool {
        self.state != State::Down && self.connection == connection
    }

    /// Whether the receiver has it up.
    pub(crate) fn is_up_at_receiver(&self) -> bool {
        self.state != State::Down
    }

    /// Whether the sender has hung up, and the receiver does not know yet.
    pub(crate) fn is_ending(&self) -> bool {
        self.state == State::Ending
    }

    /// Whether a message can be put in.
    pub(crate) fn accepts(&self) -> bool {
        self.state == State::Up && self.cuts == 0
    }

    /// Whether a message of `connection` can come out.
    pub(crate) fn delivers(&self, connection: u32) -> bool {
        self.is_connected(connection) && self.cuts == 0
    }

    /// A message passes; returns whether a younger one has passed before.
    pub(crate) fn is_overtaken(&mut self, place: u64) -> bool {
        let is_overtaken = place < self.youngest_delivered;
        self.youngest_delivered = self.youngest_delivered.max(place);
        is_overtaken
    }
}

/// A length of virtual time, as the agenda has it.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
