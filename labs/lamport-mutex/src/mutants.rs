//! Sites that are wrong in one point each. `tests/it/mutants.rs` shows which property each of
//! them breaks: what the point was for.

use lab::mutual_exclusion::Mutant;
use mutant::mutant;

mutant! {
    /// Rule 5 without (i): a site enters as soon as it has heard of everybody.
    enters_out_of_line,
    "if is_first && self.unheard().next().is_none()" => "if self.unheard().next().is_none()"
}

mutant! {
    /// Rule 5 without (ii): a site enters as soon as it is the first that it knows of.
    does_not_wait_to_hear,
    "if is_first && self.unheard().next().is_none()" => "if is_first"
}

mutant! {
    /// Of two requests with one counter both are the first in line.
    no_tie_break,
    "self.queue.first().is_some_and(|first| first.process == self.me)" =>
    "self.queue.first().map(|first| first.counter)
         == self.request_of(self.me).map(|ours| ours.counter)"
}

mutant! {
    /// A clock that is not put forward by what arrives: an answer looks older than the question.
    clock_stays_behind,
    "self.clock.observe(counter);" => ""
}

mutant! {
    /// Rule 2 without its second half: nobody says that a request has arrived.
    does_not_reply,
    "fx.send(from, Message::Reply { counter });" => ""
}

mutant! {
    /// Rule 4 is left out: who has left stays in line.
    forgets_to_take_out,
    "self.queue.remove(&request);" => ""
}

mutant! {
    /// A reply is given twice, to be on the safe side.
    replies_twice,
    "fx.send(from, Message::Reply { counter });" =>
    "fx.send(from, Message::Reply { counter });
     fx.send(from, Message::Reply { counter: self.clock.tick() });"
}

/// All of them, for `check --mutant NAME`.
pub(crate) fn all() -> Vec<Mutant> {
    lab::mutants!(
        [
            enters_out_of_line,
            does_not_wait_to_hear,
            no_tie_break,
            clock_stays_behind,
            does_not_reply,
            forgets_to_take_out,
            replies_twice,
        ],
        |me, size| Site::new(me, me.peers(size))
    )
}
