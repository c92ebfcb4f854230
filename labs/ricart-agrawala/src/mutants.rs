//! Sites that are wrong in one point each. `tests/it/mutants.rs` shows which property each of
//! them breaks: what the point was for.

use lab::mutual_exclusion::Mutant;
use mutant::mutant;

mutant! {
    /// Of two requests with one sequence number neither is older, so both are granted.
    no_tie_break,
    "(self.our_sequence_number, self.me) < (sequence_number, from)" =>
    "self.our_sequence_number < sequence_number"
}

mutant! {
    /// Of two requests with one sequence number both are older, so neither is granted.
    both_win_a_tie,
    "(self.our_sequence_number, self.me) < (sequence_number, from)" =>
    "self.our_sequence_number <= sequence_number"
}

mutant! {
    /// Whoever is inside has no request any more, and so no reason to keep a reply.
    replies_while_inside,
    "Phase::Waiting | Phase::Inside if ours_is_older => {" =>
    "Phase::Inside => fx.send(from, Message::Reply), Phase::Waiting if ours_is_older => {"
}

mutant! {
    /// A site counts its own requests only, and may ask with a number that it has seen.
    counts_alone,
    "self.our_sequence_number = self.highest_sequence_number + 1" => "self.our_sequence_number += 1"
}

mutant! {
    /// One reply stands for all.
    one_reply_is_enough,
    "self.awaited.remove(i)" => "self.awaited.clear()"
}

mutant! {
    /// A reply is not kept for later but never given.
    forgets_whom_it_deferred,
    "if !self.deferred.insert(from) {" => "if false {"
}

mutant! {
    /// Whoever grants an older request says again that it is waiting too.
    asks_again,
    "Phase::Idle | Phase::Waiting => fx.send(from, Message::Reply)" =>
    "Phase::Idle => fx.send(from, Message::Reply),
     Phase::Waiting => {
         fx.send(from, Message::Reply);
         fx.send(from, Message::Request { sequence_number: self.our_sequence_number });
     }"
}

/// All of them, for `check --mutant NAME`.
pub(crate) fn all() -> Vec<Mutant> {
    lab::mutants!(
        [
            no_tie_break,
            both_win_a_tie,
            replies_while_inside,
            counts_alone,
            one_reply_is_enough,
            forgets_whom_it_deferred,
            asks_again,
        ],
        |me, size| Site::new(me, me.peers(size))
    )
}
