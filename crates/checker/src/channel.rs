//! One direction of a link, and what is on its way in it: a part of a state.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use scenario::Order;

use crate::{
    fingerprint::{fingerprint, of_parts},
    pool::{Known, Pool},
};

/// One direction of a link.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Channel {
    pub(crate) condition: Condition,
    /// Which life of the sender the receiver has been linked to, in its own present life.
    pub(crate) met: Option<u64>,
    /// The numbers of the messages on their way: in the order in which they were sent, or, where
    /// order counts for nothing, in that of their fingerprints.
    pub(crate) messages: Vec<u32>,
}

/// What becomes of what is put into a channel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Condition {
    /// Nothing is taken in, and nothing is on its way.
    #[default]
    Down,
    /// What the sender puts in, the receiver gets.
    Up,
    /// The sender has hung up: the receiver gets what is on its way, and then learns of it.
    Ending,
    /// It is broken: the receiver learns of it at any moment, and gets nothing after that.
    Breaking,
}

/// All that one thread knows of channels and messages, and of what becomes of them.
pub(crate) struct Channels<'p, M> {
    order: Order,
    known: Known<'p, Channel>,
    messages: Known<'p, M>,
    /// By the numbers of a channel and a message: what the channel becomes when that is put in.
    put: HashMap<(u32, u32), u32, FixedState>,
    /// By the number of a channel and a place: what the channel becomes when the message there is
    /// taken out.
    taken: HashMap<(u32, u32), u32, FixedState>,
}

impl<'p, M: Clone + Eq + std::hash::Hash> Channels<'p, M> {
    pub(crate) fn new(order: Order, channels: &'p Pool<Channel>, messages: &'p Pool<M>) -> Self {
        let (known, messages) = (Known::new(channels), Known::new(messages));
        Self { order, known, messages, put: HashMap::default(), taken: HashMap::default() }
    }

    /// Makes sure that the channel of this number is known, and what is on its way in it.
    #[inline]
    pub(crate) fn learn(&mut self, channel: u32) {
        self.known.learn(channel);
        self.known.get(channel).messages.iter().for_each(|&it| self.messages.learn(it));
    }

    /// How many bytes it takes up.
    pub(crate) fn bytes(&self) -> usize {
        let changes = self.put.capacity() + self.taken.capacity();
        changes * size_of::<((u32, u32), u32)>() + self.known.bytes() + self.messages.bytes()
    }

    /// The channel of a number that is known.
    pub(crate) fn get(&self, channel: u32) -> &Channel {
        self.known.get(channel)
    }

    pub(crate) fn fingerprint(&self, channel: u32) -> u64 {
        self.known.fingerprint(channel)
    }

    /// The number of a channel that is like this.
    pub(crate) fn number(&mut self, channel: Channel) -> u32 {
        let Channel { condition, met, messages } = &channel;
        let messages = messages.iter().map(|&message| self.messages.fingerprint(message));
        let fingerprint = of_parts([fingerprint(&(condition, met))].into_iter().chain(messages));
        self.known.number(fingerprint, channel)
    }

    /// The number of a message.
    pub(crate) fn message_number(&mut self, message: &M) -> u32 {
        self.messages.number(fingerprint(message), message.clone())
    }

    /// The message of a number that is known.
    pub(crate) fn message(&self, number: u32) -> &M {
        self.messages.get(number)
    }

    /// What the channel becomes when the message is put in; `None` if it takes nothing.
    pub(crate) fn put(&mut self, channel: u32, message: u32) -> Option<u32> {
        if self.get(channel).condition != Condition::Up {
            return None;
        }
        if let Some(&with) = self.put.get(&(channel, message)) {
            return Some(with);
        }
        let mut with = self.get(channel).clone();
        let place = self.place_of(message, &with.messages);
        with.messages.insert(place, message);
        let with = self.number(with);
        self.put.insert((channel, message), with);
        Some(with)
    }

    /// Where among the others a message is put in.
    fn place_of(&self, message: u32, among: &[u32]) -> usize {
        match self.order {
            Order::Fifo => among.len(),
            Order::Unordered => {
                let fingerprint = |number| self.messages.fingerprint(number);
                among.partition_point(|&other| fingerprint(other) <= fingerprint(message))
            }
        }
    }

    /// What the channel becomes when the message at that place is taken out.
    pub(crate) fn take(&mut self, channel: u32, place: usize) -> u32 {
        let key = (channel, place as u32);
        if let Some(&without) = self.taken.get(&key) {
            return without;
        }
        let mut without = self.get(channel).clone();
        without.messages.remove(place);
        let without = self.number(without);
        self.taken.insert(key, without);
        without
    }

    /// What the channel becomes when there are two of the message at that place.
    pub(crate) fn double(&mut self, channel: u32, place: usize) -> u32 {
        let mut with = self.get(channel).clone();
        with.messages.insert(place, with.messages[place]);
        self.number(with)
    }

    /// What the channel becomes when its sender or its receiver ends it.
    pub(crate) fn end(&mut self, channel: u32, condition: Condition) -> u32 {
        match (self.get(channel).condition, condition) {
            (Condition::Down, _) | (Condition::Ending | Condition::Breaking, Condition::Ending) => {
                channel
            }
            _ => self.change(channel, |it| it.condition = condition),
        }
    }

    /// What the channel becomes when the receiver has it down: nothing is on its way any more.
    pub(crate) fn shut(&mut self, channel: u32) -> u32 {
        self.change(channel, |it| {
            it.condition = Condition::Down;
            it.messages.clear();
        })
    }

    /// What the channel becomes when a connection begins, to the sender in its life `incarnation`.
    pub(crate) fn open(&mut self, channel: u32, incarnation: u64) -> u32 {
        self.change(channel, |it| (it.condition, it.met) = (Condition::Up, Some(incarnation)))
    }

    /// What the channel becomes when its receiver has forgotten whom it was linked to.
    pub(crate) fn forget(&mut self, channel: u32) -> u32 {
        self.change(channel, |it| it.met = None)
    }

    fn change(&mut self, channel: u32, change: impl FnOnce(&mut Channel)) -> u32 {
        let mut changed = self.get(channel).clone();
        change(&mut changed);
        self.number(changed)
    }
}

impl Channel {
    /// How many of the places, from the first on, are those of messages that may be taken out.
    pub(crate) fn places(&self, may_overtake: bool) -> usize {
        if may_overtake { self.messages.len() } else { self.messages.len().min(1) }
    }

    /// Whether the message at that place equals the one before it, so that it is all one which of
    /// the two is taken out. Where order counts for nothing, all that are equal stand side by side.
    pub(crate) fn is_repeated(&self, place: usize) -> bool {
        place > 0 && self.messages[place - 1] == self.messages[place]
    }
}
