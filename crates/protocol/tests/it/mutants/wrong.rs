//! [`Reliable`](protocol::Reliable) processes that are wrong in one point each.

use mutant::mutant;

mutant! {
    /// A message that was taken in is taken in again.
    takes_in_doubles in "src/reliable.rs",
    "if is_next {" => "if true {"
}

mutant! {
    /// What comes early is taken in at once: all that is missing will come.
    takes_in_what_is_early in "src/reliable.rs",
    "return; // One before it is missing. Both will be sent again." =>
    "return self.step_inner(Input::Message { from, message }, fx);"
}

mutant! {
    /// What comes early is acknowledged and not taken in.
    acknowledges_what_is_early in "src/reliable.rs",
    "if number > peer.received + 1 {" => "if false {"
}

mutant! {
    /// Acknowledged is the number that is next, not the last that was taken in.
    acknowledges_one_too_many in "src/reliable.rs",
    "fx.send(from, Packet::Acknowledgement { lives, received: peer.received });" =>
    "fx.send(from, Packet::Acknowledgement { lives, received: peer.received + 1 });"
}

mutant! {
    /// A double is not acknowledged: it was, when it came first.
    acknowledges_once in "src/reliable.rs",
    "if let Some(lives) = peer.lives(self.incarnation) {" =>
    "if is_next && let Some(lives) = peer.lives(self.incarnation) {"
}

mutant! {
    /// Nothing is sent twice.
    never_repeats in "src/reliable.rs",
    "fx.set_timer(ReliableTimer::Repeat(of), pause);" => ""
}

mutant! {
    /// Only the last word is sent again: those before it must have arrived long ago.
    repeats_the_last_alone in "src/reliable.rs",
    ".take(self.sent) {" => ".take(self.sent).skip(self.sent.saturating_sub(1)) {"
}

mutant! {
    /// What was said while the link was down is not sent when it comes up.
    waits_for_the_next_word in "src/reliable.rs",
    "peer.send_unsent(id, self.incarnation, fx);" => ""
}

mutant! {
    /// A link that comes back is taken to have lost nothing.
    does_not_repeat_over_a_new_link in "src/reliable.rs",
    "peer.repeat(id, self.incarnation, fx);" => ""
}

mutant! {
    /// A peer that comes back without its memory is taken for its former self.
    does_not_begin_anew in "src/reliable.rs",
    "if peer.incarnation.is_some_and(|known| known != incarnation) {" => "if false {"
}

mutant! {
    /// Numbers begin anew with a new life, but what waited for the old one is kept.
    carries_over_to_another_life in "src/reliable.rs",
    "*peer = Peer::default();" =>
    "*peer = Peer { unacknowledged: core::mem::take(&mut peer.unacknowledged), ..Peer::default() };"
}
