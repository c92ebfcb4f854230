//! Ricart–Agrawala sites that are wrong in one point each.

use mutant::mutant;

mutant! {
    /// Of two requests with one sequence number neither is older, so both are granted.
    no_tie_break in "../../labs/ricart-agrawala/src/lib.rs",
    "(self.our_sequence_number, self.me) < (sequence_number, from)" =>
    "self.our_sequence_number < sequence_number"
}

mutant! {
    /// Of two requests with one sequence number both are older, so neither is granted.
    both_win_a_tie in "../../labs/ricart-agrawala/src/lib.rs",
    "(self.our_sequence_number, self.me) < (sequence_number, from)" =>
    "self.our_sequence_number <= sequence_number"
}

mutant! {
    /// A site counts its own requests only, and may ask with a number that it has seen.
    counts_alone in "../../labs/ricart-agrawala/src/lib.rs",
    "self.our_sequence_number = self.highest_sequence_number + 1" => "self.our_sequence_number += 1"
}

mutant! {
    /// One reply stands for all.
    one_reply_is_enough in "../../labs/ricart-agrawala/src/lib.rs",
    "self.awaited.remove(i)" => "self.awaited.clear()"
}
