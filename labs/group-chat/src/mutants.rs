//! Members and relays that are wrong in one point each. `tests/it/mutants.rs` shows which property
//! each of them breaks: what the point was for.

use mutant::mutant;

mutant! {
    /// Whatever arrives is delivered at once.
    holds_nothing_back in "src/multicast/fifo.rs",
    "self.early.insert((from, number), text);" => "return self.deliver(from, text, fx);"
}

mutant! {
    /// When the missing message has come, what has waited for it is not looked at.
    forgets_what_has_waited in "src/multicast/fifo.rs",
    "while let Some(text)" => "if let Some(text)"
}

mutant! {
    /// A message waits for those of its sender, and not for what its sender had delivered.
    looks_at_the_sender_alone in "src/multicast/causal.rs",
    "is_next_of_its_sender && has_what_it_comes_after" => "is_next_of_its_sender"
}

mutant! {
    /// Whatever has a number is delivered, whichever number it is.
    does_not_count in "src/multicast/sequencer.rs",
    "self.early.insert(number, (from, text));" =>
    "return fx.emit(Event::Delivered { from, text });"
}

mutant! {
    /// A member delivers its own messages as it says them, and again in their turn.
    hears_itself_at_once in "src/multicast/sequencer.rs",
    "self.unsaid.push_back(text.clone());" =>
    "self.unsaid.push_back(text.clone());
     fx.emit(Event::Delivered { from: self.me, text: text.clone() });"
}

mutant! {
    /// A member sends all that it has to say, without waiting to hear itself.
    does_not_wait_for_itself in "src/multicast/sequencer.rs",
    "if nothing_is_on_its_way {" => "{"
}

mutant! {
    /// What is agreed on is delivered, though something else stands before it.
    does_not_wait_to_be_first in "src/multicast/agreed.rs",
    "self.first().filter(|id| self.pending[id].is_agreed)" =>
    "self.pending.iter().find(|(_, pending)| pending.is_agreed).map(|(&id, _)| id)"
}

mutant! {
    /// The next place that is proposed may lie before one that was agreed on.
    forgets_what_was_agreed in "src/multicast/agreed.rs",
    "self.clock.observe(place.counter);" => ""
}

mutant! {
    /// A piece goes to everybody, and so to its author.
    echoes in "src/relay/server.rs",
    "others.retain(|&other| other != client)" => "others.dedup()"
}

mutant! {
    /// A piece is tidied up before it is passed on.
    trims_lines in "src/relay/server.rs",
    "text: text.clone() };" => "text: text.trim_end().into() };"
}

mutant! {
    /// Who leaves takes along whoever came last.
    a_leaver_takes_another_along in "src/relay/server.rs",
    "self.clients.remove(&peer)" => "self.clients.pop_last()"
}

mutant! {
    /// Who comes takes the place of all who are there.
    a_newcomer_takes_all_places in "src/relay/server.rs",
    "self.clients.insert(client, Speaker::At(addr));" =>
    "self.clients = [(client, Speaker::At(addr))].into();"
}

mutant! {
    /// Whoever wants a name has it.
    gives_a_name_twice in "src/relay/server.rs",
    "if is_taken {" => "if false {"
}
