//! Sites that are started one by one, as students do it in several terminals.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::atomic::{AtomicU16, Ordering},
};

use crate::{Lab, Running, number_before};

/// Sites that share a counter, and are started one by one.
pub struct System {
    /// Where each site is.
    pub addresses: Vec<SocketAddr>,
    lab: Lab,
    scratch: tempfile::TempDir,
    options: String,
}

/// How a site ended that has seen what was promised.
#[derive(Debug)]
pub struct Finished {
    /// How many messages it sent.
    pub messages: u64,
    /// What it complained of.
    pub stderr: String,
}

impl System {
    /// `size` sites of the lab, with these options.
    pub fn new(lab: Lab, size: usize, options: &str) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let addresses = free_addresses(size);
        // What was there before must not count.
        fs::write(scratch.path().join("counter"), "12345").unwrap();
        Self { addresses, lab, scratch, options: options.to_owned() }
    }

    /// The file that all sites add to.
    pub fn counter(&self) -> PathBuf {
        self.scratch.path().join("counter")
    }

    /// Starts a site, and waits until it can be reached.
    pub fn start(&self, site: usize) -> Running {
        self.start_with(site, "")
    }

    /// Starts a site with more options, and waits until it can be reached.
    pub fn start_with(&self, site: usize, more: &str) -> Running {
        let Self { addresses, options, .. } = self;
        let list: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        let list = list.join(",");
        let words = format!("node --id {site} --peers {list} {options} {more}");
        let mut running =
            Running::start(self.lab.command(&words).arg("--counter").arg(self.counter()));
        let addr = addresses[site];
        assert_eq!(running.stderr.next(), Some(format!("listening on {addr}")));
        running
    }

    /// Waits until all have ended, and holds them to what was promised for `entries` of each.
    pub fn assert_held(&self, sites: Vec<(usize, Running)>, entries: u64) -> Vec<Finished> {
        let total = self.addresses.len() as u64 * entries;
        let start = format!("mutual exclusion held: {total} entries, {entries} of them here with ");
        let end = format!("; {} holds {total}", self.counter().display());
        let ends = sites.into_iter().map(|(site, running)| {
            let ended = running.finish();
            let sent = ended.verdict().strip_prefix(&start).and_then(|it| it.strip_suffix(&end));
            let sent = sent.unwrap_or_else(|| panic!("site {site}: {ended:?}"));
            let messages = number_before(" message", sent);
            assert_eq!(ended.code, Some(0));
            Finished { messages, stderr: ended.stderr }
        });
        let ends = ends.collect();
        assert_eq!(fs::read_to_string(self.counter()).unwrap().trim().parse(), Ok(total));
        ends
    }
}

impl Lab {
    /// Holds that five sites that start in another order than theirs find each other, add up, and
    /// complain of nothing. Returns how many messages each of them sent for its ten entries.
    pub fn assert_meet_in_any_order(self) -> Vec<u64> {
        let system = System::new(self, 5, "--entries 10");
        let sites = [3, 0, 4, 1, 2].map(|site| (site, system.start(site)));
        let ends = system.assert_held(sites.into(), 10);
        for end in &ends {
            assert_eq!(end.stderr.lines().count(), 1, "{end:?}"); // Where it listens, and no more.
        }
        ends.iter().map(|end| end.messages).collect()
    }
}

/// So many addresses on this machine that nobody listens on. They are none of those that the
/// system gives away by itself, and no other test is given them.
pub fn free_addresses(count: usize) -> Vec<SocketAddr> {
    const FIRST: u16 = 10_000;
    const COUNT: u16 = 20_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Another run of the tests, at the same time, begins elsewhere.
    let start = std::process::id().wrapping_mul(101) % u32::from(COUNT);
    let candidates = std::iter::repeat_with(|| {
        let offset = start + u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        SocketAddr::from(([127, 0, 0, 1], FIRST + (offset % u32::from(COUNT)) as u16))
    });
    candidates.filter(|addr| TcpListener::bind(addr).is_ok()).take(count).collect()
}
