//! Sites that are wrong in one point each. `tests/it/mutants.rs` shows which property each of
//! them breaks: what the point was for.

use lab::mutual_exclusion::Mutant;
use mutant::mutant;
use protocol::ProcessId;

mutant! {
    /// Who sends the token keeps a copy of it.
    keeps_a_copy,
    "self.token.take_if(|token| is_owed(&self.requested, from, token))" =>
    "self.token.clone().filter(|token| is_owed(&self.requested, from, token))"
}

mutant! {
    /// `LN` is taken to be behind `RN` always: whoever has ever asked wants the token still.
    forgets_what_was_granted,
    "number(&token.last_granted, site)" => "number(requested, site).saturating_sub(1)"
}

mutant! {
    /// Who leaves does not look who has asked meanwhile.
    does_not_look_who_waits,
    "if is_owed(&self.requested, site, &token) && !token.queue.contains(&site)" => "if false"
}

mutant! {
    /// Who stands in `Q` is put into it once more by the next who leaves.
    queues_twice,
    "if is_owed(&self.requested, site, &token) && !token.queue.contains(&site)" =>
    "if is_owed(&self.requested, site, &token)"
}

mutant! {
    /// One site is not asked. It is seldom the one with the token.
    does_not_ask_all,
    "fx.send_all(&self.peers, request)" => "fx.send_all(&self.peers[1..], request)"
}

mutant! {
    /// A site asks also with the token at hand.
    asks_for_what_it_has,
    "return self.go_inside(fx);" =>
    "fx.send_all(&self.peers, Message::Request { sequence_number: *sequence_number });
     return self.go_inside(fx);"
}

/// All of them, for `check --mutant NAME`.
pub(crate) fn all() -> Vec<Mutant> {
    lab::mutants!(
        [
            keeps_a_copy,
            forgets_what_was_granted,
            does_not_look_who_waits,
            queues_twice,
            does_not_ask_all,
            asks_for_what_it_has,
        ],
        |me, size| Site::new(me, me.peers(size), me == ProcessId(0))
    )
}
