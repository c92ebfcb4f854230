//! A state as a whole, for whoever says what matters of it.

use std::hash::Hash;

use protocol::{Process, ProcessId};

use crate::{Checkable, channel::Channels, layout::Layout, local::Local, pool::Known};

/// A state: the processes, their applications, and what is under way.
///
/// See the example of [`Reduction`](crate::Reduction).
pub struct Whole<'s, P: Process, A> {
    pub(crate) state: &'s [u32],
    pub(crate) layout: &'s Layout,
    pub(crate) locals: &'s Known<'s, Local<P, A>>,
    pub(crate) channels: &'s Channels<'s, P::Message>,
}

impl<P: Checkable, A: Eq + Hash> Whole<'_, P, A> {
    /// The names of the processes, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = ProcessId> + ExactSizeIterator {
        ProcessId::all(self.layout.size)
    }

    /// The process of that name.
    pub fn process(&self, id: ProcessId) -> &P {
        &self.local(id).process
    }

    /// The application of that process.
    pub fn application(&self, id: ProcessId) -> &A {
        &self.local(id).application
    }

    /// What the application has asked for and the process has not been given.
    pub fn asked(&self, id: ProcessId) -> &[P::Command] {
        &self.local(id).asked
    }

    /// What is under way from one to the other, in the order in which it was sent.
    pub fn under_way(&self, from: ProcessId, to: ProcessId) -> impl Iterator<Item = &P::Message> {
        let channel = self.layout.channel(from, to).map(|it| self.channels.get(self.state[it]));
        let messages = channel.into_iter().flat_map(|channel| &channel.messages);
        messages.map(|&message| self.channels.message(message))
    }

    fn local(&self, id: ProcessId) -> &Local<P, A> {
        self.locals.get(self.state[self.layout.process(id)])
    }
}
