//! Servers that are wrong in one point each. `tests/it/mutants.rs` shows which property each of
//! them breaks: what the point was for.

use mutant::mutant;

mutant! {
    /// Who dies while it waits keeps its place, and is granted in its turn.
    forgets_the_queue_of_the_dead in "src/server.rs",
    "self.give_up(client, &name);" => ""
}

mutant! {
    /// Who dies takes what it holds along.
    buries_what_the_dead_held in "src/server.rs",
    "semaphore.holders.remove(&client);" => ""
}

mutant! {
    /// What the dead held is free, but whoever waits for it is not told.
    serves_nobody_after_a_death in "src/server.rs",
    "self.serve(&name, fx);" => ""
}

mutant! {
    /// A queue that is served from its end.
    last_come_first_served in "src/server.rs",
    "semaphore.waiters.pop_front()" => "semaphore.waiters.pop_back()"
}

mutant! {
    /// A release is a release, whoever's it is.
    releases_for_anybody in "src/server.rs",
    "semaphore.holders.remove(&from)" => "semaphore.holders.pop_first().map(|(_, token)| token)"
}

mutant! {
    /// Counts up to the permits, and one further.
    one_permit_too_many in "src/server.rs",
    "if semaphore.is_free() {" => "if semaphore.holders.len() <= semaphore.permits as usize {"
}

mutant! {
    /// Tokens are counted from the start of each life.
    tokens_begin_anew in "src/server.rs",
    "Self { settings, tokens, sessions" =>
    "let tokens = Tokens::of_epoch(0).unwrap(); Self { settings, tokens, sessions"
}

mutant! {
    /// Whoever wants to wait may.
    looks_for_no_cycle in "src/server.rs",
    "self.deadlock(from)" => "None::<Vec<ProcessId>>"
}

mutant! {
    /// Who has waited for too long is told so, and granted in its turn all the same.
    grants_to_who_gave_up in "src/server.rs",
    "self.give_up(client, &semaphore);" => ""
}

mutant! {
    /// Who is expired stays linked, and is never answered again.
    hangs_up_on_nobody in "src/server.rs",
    "fx.close(client);" => ""
}

mutant! {
    /// A store that looks at no tokens.
    takes_late_writes in "src/store.rs",
    "let is_late = token.0 < self.largest;" => "let is_late = false;"
}
