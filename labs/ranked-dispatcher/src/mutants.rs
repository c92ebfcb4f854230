//! Servers that are wrong in one point each. `tests/it/mutants.rs` shows which property each of
//! them breaks: what the point was for.

use mutant::mutant;

mutant! {
    /// Looks for somebody to run a command from the rank of who gives it, and not below.
    looks_at_its_own_rank in "src/server.rs",
    "[rank + 1..]" => "[rank..]"
}

mutant! {
    /// Whoever moves up when somebody leaves is not told.
    keeps_new_ranks_to_itself in "src/server.rs",
    "say(member.client, Response::Rank(rank as u32), fx);" => ""
}

mutant! {
    /// What the dead ran is still theirs.
    waits_for_the_dead in "src/server.rs",
    "self.hand_on(id, fx);" => ""
}

mutant! {
    /// What nobody is left to run is forgotten, and its sender is not told.
    drops_what_nobody_can_run in "src/server.rs",
    "Err(refusal) => say(sender, Response::Refused(refusal), fx)," => "Err(_) => {}"
}

mutant! {
    /// The dead are still answered.
    answers_the_dead in "src/server.rs",
    "job.sender = None;" => ""
}

mutant! {
    /// What is answered stays in the books.
    keeps_what_is_done in "src/server.rs",
    "is_its.then(|| self.strike(id)).flatten()" => "is_its.then(|| self.jobs[&id].clone())"
}

mutant! {
    /// A job is struck, but from its executor's load.
    forgets_to_unload in "src/server.rs",
    "executor.runs.remove(&id);" => ""
}

mutant! {
    /// A job that kills whoever runs it goes round until nobody is left.
    tries_for_ever in "src/server.rs",
    "tries > self.settings.max_retries" => "false"
}

mutant! {
    /// Jobs are numbered by how many there are.
    counts_the_unfinished in "src/server.rs",
    "JobId(self.last.0 + 1)" => "JobId(self.jobs.len() as u64 + 1)"
}

mutant! {
    /// The answer goes to whoever gave it.
    answers_the_executor in "src/server.rs",
    "say(sender, Response::Result" => "say(from, Response::Result"
}
