//! What the table holds the measurements against, and where it comes from.

use crate::{Case, E, Setting, T};

/// A formula, as it is written and as it is computed.
#[derive(Clone, Copy)]
pub(crate) struct Formula {
    pub(crate) text: &'static str,
    /// `None` where it says nothing.
    pub(crate) value: fn(Case) -> Option<f64>,
}

/// The formulas in which the algorithms differ.
#[derive(Clone, Copy)]
pub(crate) struct Theory {
    /// Messages per entry.
    pub(crate) messages: Formula,
    /// From asking to leaving, in seconds.
    pub(crate) response: Formula,
}

pub(crate) const LAMPORT: Theory = Theory {
    messages: Formula { text: "3(N − 1) [1]", value: |case| Some(3.0 * others(case)) },
    response: ASK_AND_BE_ANSWERED,
};

pub(crate) const RICART_AGRAWALA: Theory = Theory {
    messages: Formula { text: "2(N − 1) [2]", value: |case| Some(2.0 * others(case)) },
    response: ASK_AND_BE_ANSWERED,
};

pub(crate) const SUZUKI_KASAMI: Theory = Theory {
    messages: Formula {
        text: "N − 1, N [3]",
        value: |case| match case.setting {
            Setting::Low => Some(others(case)),
            Setting::High => Some(f64::from(case.sites)),
            Setting::Tcp => None,
        },
    },
    response: Formula {
        text: "[6]",
        value: |case| match case.setting {
            Setting::Low => {
                let is_elsewhere = others(case) / f64::from(case.sites);
                Some(is_elsewhere * 2.0 * t() + e())
            }
            _ => all_are_in_line(case),
        },
    },
};

const ASK_AND_BE_ANSWERED: Formula = Formula {
    text: "[5]",
    value: |case| match case.setting {
        Setting::Low => Some(2.0 * t() + e()),
        _ => all_are_in_line(case),
    },
};

/// From a leaving to the next entering, in messages one after the other. With low contention
/// nobody waits when somebody leaves.
pub(crate) const DELAY: Formula =
    Formula { text: "1 [4]", value: |case| (case.setting != Setting::Low).then_some(1.0) };

/// Entries per second. With low contention they are as rare as the wish to enter.
pub(crate) const RATE: Formula = Formula {
    text: "1 / (T + E) [7]",
    value: |case| (case.setting == Setting::High).then(|| 1.0 / (t() + e())),
};

/// What stands below the table.
pub(crate) const NOTES: &str = "\
low: requests so rare that two seldom meet, so there is nothing to synchronise, and no rate but that
of the wish to enter; high: all sites want to be inside all the time; TCP: high, through loopback,
all sites in one thread, and nobody stays inside. There is no one T there, so that nothing that
takes time has a formula; but hops need no clock: they are the messages, each sent on receipt of the
one before, that bring about the next entry after a site has left while others waited.
[1] A request to, a reply from and a release to each other site: rules 1 to 3 of L. Lamport, \"Time,
    Clocks, and the Ordering of Events in a Distributed System\", CACM 21(7):558–565, 1978.
[2] A request to and a reply from each other site: G. Ricart and A. K. Agrawala, \"An Optimal
    Algorithm for Mutual Exclusion in Computer Networks\", CACM 24(1):9–17, 1981.
[3] N, a request to each other site and the token, or 0, if the token is at hand: I. Suzuki and
    T. Kasami, \"A Distributed Mutual Exclusion Algorithm\", ACM TOCS 3(4):344–349, 1985. It is at
    hand for one entry in N if all ask as rarely, and for none if others always wait. Over TCP
    whoever has it enters again and again until a request gets to him.
[4] One message of whoever leaves lets the next in: a release, a deferred reply, the token; none
    where the token is at hand again [3]. The measures are those of M. Singhal, \"A Taxonomy of
    Distributed Mutual Exclusion\", JPDC 18(1):94–101, 1993.
[5] From asking to leaving. low: 2T + E, to ask, to be answered, to be inside. high: N(T + E), as
    all N are in line and one gets in each T + E: J. D. C. Little, \"A Proof for the Queuing
    Formula: L = λW\", Operations Research 9(3):383–387, 1961.
[6] As [5]; but low, one entry in N has the token at hand and takes E alone: 2T(N − 1)/N + E.
[7] The next gets in T after one has left, and stays for E: in seconds of virtual time.
Simulated per second: how many entries the simulator gets through by the clock on the wall.";

fn all_are_in_line(case: Case) -> Option<f64> {
    (case.setting == Setting::High).then(|| f64::from(case.sites) * (t() + e()))
}

fn others(case: Case) -> f64 {
    f64::from(case.sites - 1)
}

fn t() -> f64 {
    T.as_secs_f64()
}

fn e() -> f64 {
    E.as_secs_f64()
}
