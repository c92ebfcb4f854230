//! How entries are put in words, and kept apart from the formats that the words are put into.

use std::{mem, time::Duration};

use protocol::{Effect, Input, Link, ProcessId};

use crate::{Driver, Entry, InWords, Portrait, Told, Trace};

impl Entry<Told> {
    /// Whose event it is, if anybody's.
    pub(crate) fn owner(&self) -> Option<ProcessId> {
        match self {
            Self::Step(told) => Some(told.words.process),
            Self::Crash { process, .. } => Some(*process),
            Self::Fate(_) => None,
        }
    }

    /// Who tells of it: whose event it is, or who sent the message that it befell.
    pub(crate) fn teller(&self) -> ProcessId {
        match self {
            Self::Step(told) => told.words.process,
            Self::Fate(met) => met.message.sender,
            Self::Crash { process, .. } => *process,
        }
    }

    /// The step, if it is one.
    pub(crate) fn words(&self) -> Option<&InWords> {
        match self {
            Self::Step(told) => Some(&told.words),
            Self::Fate(_) | Self::Crash { .. } => None,
        }
    }
}

impl Told {
    /// The step as a list of phrases.
    pub(crate) fn phrases(&self) -> Vec<String> {
        let given = match &self.words.input {
            Input::Start => "starts".to_owned(),
            Input::Command(command) => format!("is asked: {command}"),
            Input::Message { from, message } => format!("receives {message} from {from}"),
            Input::Timer(timer) => format!("timer runs out: {timer}"),
            Input::Link { peer, link: Link::Up { .. } } => format!("link to {peer} comes up"),
            Input::Link { peer, link: Link::Down } => format!("link to {peer} goes down"),
        };
        let did = self.words.effects.iter().map(|effect| match effect {
            Effect::Send { to, message } => format!("sends {message} to {to}"),
            Effect::Emit(event) => format!("says {event}"),
            Effect::SetTimer { timer, after } => {
                format!("sets timer for {} ms: {timer}", milliseconds(*after))
            }
            Effect::CancelTimer(timer) => format!("stops timer: {timer}"),
            Effect::Close(peer) => format!("closes the link to {peer}"),
            Effect::Reject { peer, why } => format!("rejects {peer}: {why}"),
        });
        let panicked = self.after.is_none().then(|| "panics".to_owned());
        [given].into_iter().chain(did).chain(panicked).collect()
    }

    /// The phase that the process is in after it.
    pub(crate) fn phase(&self) -> Option<&str> {
        self.after.as_ref().and_then(|Portrait { phase, .. }| phase.as_deref())
    }
}

impl Trace {
    /// Which of all steps an entry is, from 1, or which it comes after. The checker counts them
    /// itself, from when all have started: its places are numbers of steps.
    pub(crate) fn step(&self, entry: usize) -> String {
        if self.header.driver == Driver::Checker {
            return self.moment(self.entries[entry].at());
        }
        let before = &self.entries[..=entry];
        let number = before.iter().filter(|it| it.words().is_some()).count();
        match self.entries[entry] {
            Entry::Step(_) => format!("step {number}"),
            Entry::Fate(_) | Entry::Crash { .. } => format!("after step {number}"),
        }
    }

    /// A moment, as the run's driver counts them.
    pub(crate) fn moment(&self, at: Duration) -> String {
        match self.header.driver {
            Driver::Checker => format!("step {}", milliseconds(at)),
            Driver::Simulator | Driver::Network => format!("{} ms", milliseconds(at)),
        }
    }

    /// How far apart two moments are.
    pub(crate) fn gap(&self, earlier: Duration, later: Duration) -> String {
        let gap = milliseconds(later.saturating_sub(earlier));
        match self.header.driver {
            Driver::Checker if gap == "1" => "1 step".to_owned(),
            Driver::Checker => format!("{gap} steps"),
            Driver::Simulator | Driver::Network => format!("{gap} ms"),
        }
    }

    /// For each entry, whether a picture has room for it: news of links and first starts are left
    /// out if nothing comes of them, and so is what is not about the first `size` processes.
    pub(crate) fn worth_showing(&self, size: u32) -> Vec<bool> {
        let mut is_dead = vec![false; ProcessId(size).index()];
        let mut phase = vec![None; is_dead.len()];
        let worth = self.entries.iter().map(|entry| match entry {
            entry if entry.owner().is_none_or(|owner| owner.0 >= size) => false,
            &Entry::Crash { process, .. } => {
                phase[process.index()] = None;
                is_dead[process.index()] = true;
                true
            }
            Entry::Step(told) => {
                let at = told.words.process.index();
                let is_reborn = mem::take(&mut is_dead[at]);
                let is_news = matches!(told.words.input, Input::Start | Input::Link { .. });
                let is_idle = told.words.effects.is_empty() && told.after.is_some();
                let is_elsewhere = mem::replace(&mut phase[at], told.phase()) != told.phase();
                is_reborn || is_elsewhere || !(is_news && is_idle)
            }
            Entry::Fate(_) => false,
        });
        worth.collect()
    }
}

/// Milliseconds to the nearest microsecond, as the terminal tells them too, without zeros that say
/// nothing.
pub(crate) fn milliseconds(time: Duration) -> String {
    let microseconds = (time.as_nanos() + 500) / 1000;
    let text = format!("{}.{:03}", microseconds / 1000, microseconds % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A text on one line, in characters that show: others as Rust would write them in a string.
pub(crate) fn visible(text: &str) -> String {
    let is_hidden = |c: char| {
        // Line ends of JavaScript; marks that turn the direction of what is around them; what XML
        // can't hold.
        let ends_or_turns = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}');
        let isolates = matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
        c.is_control() || ends_or_turns || isolates
    };
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The beginning of a text, if it has more characters than `most`.
pub(crate) fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}
