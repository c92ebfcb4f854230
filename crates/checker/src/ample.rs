//! Who goes first, where the others can wait: *partial-order reduction*, by ample sets.
//!
//! Two processes take a step each. If neither step needs the other, it is all one which is taken
//! first: the same state comes of both. Most ways through the states differ in nothing else.
//!
//! **Who can go first.** A process to which a message is under way on *every* link that leads to
//! it knows what can happen to it next: one of the commands that its application has asked for, or
//! the first message on one of the links. So something can (C0). The others can't take any of that
//! away, and can't add to it: what they send comes behind what is under way. And after its step
//! they can do what they could do before, with the same result: a step takes the first message out
//! of a channel, changes a process, and puts messages behind others (C1). So take any run from
//! here, and the first step in it that is this process's. It might have been the first of all, and
//! the run would have come to the same state. In a run without one, the process might have taken
//! one before all others, and they would have done the same. So it is enough to look at the steps
//! of this process, and to let the others wait. Those are an *ample set*: D. Peled, "All from One,
//! One for All: on Model Checking Using Representatives", CAV 1993. The conditions are numbered as
//! in E. M. Clarke, O. Grumberg and D. Peled, "Model Checking", MIT Press, 1999.
//!
//! **What is still found.** Each run has a counterpart that is looked at: the same steps of each
//! process, and so the same states of each, put in another order. Who rejects or panics does so
//! there, and where the run comes to rest, so does its counterpart, in the same state: a deadlock
//! is found. A property that must always hold may look at several processes at once, and then
//! order matters. So no process goes first if one of its steps is *visible*: if it may make a
//! difference to such a property (C2). Then what properties see of a run, they see of its
//! counterpart, in the same order.
//!
//! **Where nobody may wait.** That is known from the beginning
//!
//! - with a *budget of faults*: each takes from what all share. (Without one, no timer runs out
//!   while a message is under way, and one is, to who goes first.)
//! - on links that *don't keep order*: what the others send may arrive first.
//! - before a *monitor*: it sees all steps, and in which order.
//!
//! And it may turn out in the end. Then all is searched again, and nobody waits:
//!
//! - The search *goes round*. Where a process goes first again and again, the others might wait for
//!   ever. Where no state is come to again after more steps, nothing goes round, and all have their
//!   turn (C3). Nor is there a run without an end: its counterpart would have none either, and
//!   would go round. So all runs come to rest, and what must hold eventually does if it holds there.
//! - Somebody *hangs up*, which takes away what was under way.
//! - What must hold *sometimes* holds in no state that was looked at.

use std::hash::Hash;

use protocol::{Application, Monitor, ProcessId};

use crate::{Checkable, event::Event, machine::Machine, reactions::Stimulus};

impl<P, A, M, W> Machine<'_, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
    /// Leaves of all that can happen in a state the steps of one process, if the others can wait.
    pub(crate) fn let_others_wait(&mut self, state: &[u32], events: &mut Vec<Event>) {
        if self.reduction.is_none() {
            return;
        }
        let mut ids = ProcessId::all(self.layout.size);
        if let Some(first) = ids.find(|&id| self.may_go_first(state, id, events)) {
            events.retain(|&event| self.step_of(state, event).is_some_and(|(id, _)| id == first));
        }
    }

    fn may_go_first(&mut self, state: &[u32], id: ProcessId, events: &[Event]) -> bool {
        let links = self.layout.links.iter().zip(self.layout.channels(state));
        let mut to_it = links.filter(|((_, to), _)| *to == id).map(|(_, channel)| *channel);
        let knows_what_comes = to_it.all(|it| !self.channels.get(it).messages.is_empty());
        knows_what_comes && !events.iter().any(|&event| self.is_visible(state, id, event))
    }

    /// Whether that is a step of the process `id` that may make a difference to a property.
    fn is_visible(&mut self, state: &[u32], id: ProcessId, event: Event) -> bool {
        let step = self.step_of(state, event).filter(|(who, _)| *who == id);
        step.is_some_and(|(_, stimulus)| {
            let before = state[self.layout.process(id)];
            let reaction = trace::guard(|| self.reaction(id, before, stimulus));
            // Who panics does so again when it happens, and there it is found wrong.
            reaction.map_or(true, |it| it.is_visible)
        })
    }

    /// Which process takes a step when that happens, and what makes it do so.
    fn step_of(&self, state: &[u32], event: Event) -> Option<(ProcessId, Stimulus)> {
        match event {
            Event::Command { at, place } => Some((at, Stimulus::Command(place as u32))),
            Event::Timeout { at, place, .. } => Some((at, Stimulus::Timeout(place as u32))),
            Event::Delivery { link, place, .. } => {
                let (from, to) = self.layout.links[link];
                let channel = self.channels.get(self.layout.channels(state)[link]);
                Some((to, Stimulus::Message(from, channel.messages[place])))
            }
            _ => None,
        }
    }
}
