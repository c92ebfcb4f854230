//! A cluster: what it adds up to, and the processes that it consists of.

use std::{fs, path::Path};

#[cfg(target_os = "linux")]
use crate::{Ended, send};
use crate::{Lab, Running};

impl Lab {
    /// Holds that a cluster with these options adds all its entries up, and returns how many
    /// messages each of them cost, as it says itself: "8.00".
    pub fn assert_adds_up(self, options: &str, entries: u32) -> String {
        let ended = self.run(&format!("cluster {options}"));
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{options}");
        let start = format!("mutual exclusion held: {entries} entries, ");
        let end = format!(" messages each, counter {entries} of {entries}");
        let cost = ended.verdict().strip_prefix(&start).and_then(|it| it.strip_suffix(&end));
        cost.unwrap_or_else(|| panic!("{options}: {ended:?}")).to_owned()
    }
}

/// A cluster of five at work that does not end by itself before the test is over; its temporary
/// files are in a folder of the test.
pub struct AtWork {
    /// The process that has started all others.
    pub cluster: Running,
    /// The folder for its temporary files.
    pub scratch: tempfile::TempDir,
    #[cfg(target_os = "linux")]
    lab: Lab,
}

impl AtWork {
    /// Starts it, and waits until ten have entered.
    pub fn start(lab: Lab) -> Self {
        let mut at_work = Self::start_with(lab, "--entries 1000000");
        for _ in 0..10 {
            at_work.cluster.stdout.until("enters (");
        }
        at_work
    }

    /// Starts it with these options.
    pub fn start_with(lab: Lab, options: &str) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let mut command = lab.command(&format!("cluster --size 5 --patience 500ms {options}"));
        let cluster = Running::start(command.env("TMPDIR", scratch.path()));
        Self {
            cluster,
            scratch,
            #[cfg(target_os = "linux")]
            lab,
        }
    }

    /// Kills that site as nothing else does, and holds that the others say who died, and for whom
    /// they wait, and end. Returns what the cluster said.
    #[cfg(target_os = "linux")]
    pub fn assert_stalls_without(self, dead: usize) -> Ended {
        assert!(send("KILL", &self.sites()[dead].to_string()));
        let ended = self.cluster.finish();
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
        assert_eq!(Self::files(self.scratch.path()), 0);
        let verdict = ended.verdict();
        let start = format!("stalled: site {dead} was killed by signal 9; site ");
        assert!(verdict.starts_with(&start), "{verdict}");
        for site in (0..5).filter(|&site| site != dead) {
            assert!(verdict.contains(&format!("site {site} waits")), "{verdict}");
        }
        assert!(ended.stdout.contains(&format!("lost site {dead}")), "{ended:?}");
        ended
    }

    /// How many temporary files there are in such a folder.
    pub fn files(scratch: &Path) -> usize {
        fs::read_dir(scratch).unwrap().count()
    }

    /// Its processes, site by site.
    #[cfg(target_os = "linux")]
    pub fn sites(&self) -> Vec<u32> {
        let id = self.cluster.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        let mut sites: Vec<u32> =
            children.split_whitespace().map(|child| child.parse().unwrap()).collect();
        sites.sort_by_key(|&child| {
            let words = command_line(child);
            let mut words = words.split('\0').skip_while(|&word| word != "--id");
            words.nth(1).and_then(|id| id.parse::<u32>().ok())
        });
        assert_eq!(sites.len(), 5, "{} has other children", self.lab.name);
        sites
    }
}

/// Those of the processes that run the lab still.
#[cfg(target_os = "linux")]
pub fn still_running(lab: Lab, processes: &[u32]) -> Vec<u32> {
    let runs_the_lab = |id: &&u32| command_line(**id).contains(lab.name);
    processes.iter().filter(runs_the_lab).copied().collect()
}

/// Empty for a process that has ended and was not waited for.
#[cfg(target_os = "linux")]
fn command_line(process: u32) -> String {
    fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default()
}
