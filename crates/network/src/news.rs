//! News: a reason for turning somebody away is told once, not each time that he tries again.
//!
//! Whoever is turned away comes again, a mistaken peer once a second and a malicious stranger as
//! often as he can. If each try made a line in the log, he could fill the disk, and bury what
//! else is said. So what was told is remembered until a link comes up. Of strangers the *kind* of
//! error counts, for they can put ever new words into it; and since even they are many, no sort
//! of reason is news for ever: each has a bound, which the others can't use up.
//!
//! To a hub anybody may come, so that a link says nothing of what was wrong before. There, what was
//! told is forgotten after a while.

use std::{
    collections::HashSet,
    io,
    mem::{Discriminant, discriminant},
    net::IpAddr,
};

use protocol::ProcessId;
use tracing::{debug, warn};
use wire::hello::HelloError;

use crate::greeting::GreetingError;

/// How many reasons of one sort are news until a link comes up.
const REASONS: usize = 100;

/// Which error it is, whatever it says.
pub(crate) type Kind = (Discriminant<GreetingError>, Option<Discriminant<HelloError>>);

/// Why somebody could not be talked to. Two that are equal are told once.
#[derive(PartialEq, Eq, Hash)]
pub(crate) enum Reason {
    /// Somebody from there has dialled us.
    Stranger(IpAddr, Kind),
    /// We dialled this peer. Who answered has not proved to be it.
    Seat(ProcessId, String),
    /// It was this peer, which had proved that.
    Peer(ProcessId, String),
    /// It was this guest of a hub, whoever that is.
    Guest(ProcessId, String),
    /// Nobody can connect.
    Listener(io::ErrorKind),
}

/// After how many pulses a hub forgets what it told.
const MEMORY: u32 = 60;

/// What has been told since a link came up last, or of late: at most [`REASONS`] of each sort.
#[derive(Default)]
pub(crate) struct News {
    /// Whether the application says itself what it is told, as a client does who has one server:
    /// to log it too would be to say it twice.
    is_told_elsewhere: bool,
    told: HashSet<Reason>,
    /// In a hub, how many pulses have passed since it forgot what it had told.
    pulses: u32,
}

impl News {
    pub(crate) fn new(is_told_elsewhere: bool) -> Self {
        Self { is_told_elsewhere, ..Self::default() }
    }

    /// Writes `line` into the log: as a warning if its reason is news, and nobody else tells it.
    /// Whether it was news.
    pub(crate) fn log(&mut self, reason: Reason, line: &str) -> bool {
        let is_news = self.is_news(reason);
        if is_news && !self.is_told_elsewhere {
            warn!("{line}");
        } else {
            debug!("{line}");
        }
        is_news
    }

    fn is_news(&mut self, reason: Reason) -> bool {
        let is_of_its_sort = |told: &&Reason| discriminant(*told) == discriminant(&reason);
        self.told.iter().filter(is_of_its_sort).count() < REASONS && self.told.insert(reason)
    }

    /// A link has come up: whatever is told from now on may be about something else.
    pub(crate) fn clear(&mut self) {
        self.told.clear();
    }

    /// A pulse has passed in a hub.
    pub(crate) fn age(&mut self) {
        self.pulses += 1;
        if self.pulses == MEMORY {
            self.told.clear();
            self.pulses = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: ProcessId = ProcessId(2);

    fn stranger(number: u8, error: HelloError) -> Reason {
        Reason::Stranger([10, 0, 0, number].into(), GreetingError::from(error).kind())
    }

    fn version(theirs: u8) -> HelloError {
        HelloError::OtherVersion { theirs, ours: 1 }
    }

    #[test]
    fn a_reason_is_news_once_until_a_link_comes_up() {
        let mut news = News::default();
        let reason = || Reason::Peer(PEER, "it snores".into());
        assert!(news.is_news(reason()));
        assert!(!news.is_news(reason()));
        assert!(news.is_news(Reason::Peer(PEER, "it talks".into())));
        news.clear();
        assert!(news.is_news(reason()));
    }

    #[test]
    fn a_stranger_who_changes_his_words_makes_no_news() {
        let mut news = News::default();
        assert!(news.is_news(stranger(1, version(8))));
        assert!(!news.is_news(stranger(1, version(9))));
        assert!(news.is_news(stranger(1, HelloError::Noise)));
        assert!(news.is_news(stranger(2, version(9))));
    }

    #[test]
    fn news_of_each_sort_is_bounded_and_leaves_room_for_the_others() {
        let mut news = News::default();
        let strangers = (0..=u8::MAX).filter(|&i| news.is_news(stranger(i, version(9)))).count();
        assert_eq!(strangers, REASONS);
        let words = |number: u32| format!("no, and for the {number}th time");
        let seat = (0..1000).filter(|&i| news.is_news(Reason::Seat(PEER, words(i)))).count();
        assert_eq!(seat, REASONS);
        assert!(news.is_news(Reason::Peer(PEER, words(0))), "crowded out by strangers");
    }
}
