//! Clusters whose sites write down what happens, and are killed at it.

use std::{fs::File, time::SystemTime};

use protocol::{Input, ProcessId};
use scenario::Dice;
use trace::{Entry, Told, Trace};

use crate::{AtWork, Ended, Lab, send};

/// How often each of the five sites enters, if nobody dies.
const ENTRIES: u32 = 20;

/// A cluster that was drawn, and one of whose sites was killed.
struct Killed {
    ended: Ended,
    dead: usize,
    trace: Trace,
}

impl Lab {
    /// Holds that in each of so many clusters, bare and behind reliable links, in which a random
    /// site is killed at a random point, every site has done what the algorithm alone does again,
    /// and that whatever a site has heard is told by whoever said it, dead or not.
    pub fn assert_taken_again(self, runs: u64) {
        for options in ["", "--reliable"] {
            self.assert_killed_are_taken_again(runs, options);
        }
    }

    fn assert_killed_are_taken_again(self, runs: u64, options: &str) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let first = now.as_nanos() as u64;
        let mut crashes = 0;
        for seed in (first..).take(runs as usize) {
            println!("seed {seed}"); // What is printed is shown if the test fails.
            let Killed { ended, dead, trace } = self.kill_one(seed, options);
            let dead = ProcessId(dead as u32);
            let is_its_crash = |entry: &&Entry<Told>| matches!(entry, Entry::Crash { process, .. } if *process == dead);
            let crash = trace.entries.iter().filter(is_its_crash).count();
            match ended.code {
                Some(0) => assert_eq!(crash, 0, "killed too late, and yet dead"),
                _ => assert_eq!((ended.code, crash), (Some(1), 1), "{ended:?}"),
            }
            crashes += crash;
            let steps = assert_whole(&trace);
            let told = format!("{steps} steps of 5 sites, taken again: each did the same\n");
            assert!(ended.stdout.contains(&told), "no `{told}` in {ended:?}");
            assert_eq!(ended.stderr, "");
        }
        assert!(crashes > 0, "nobody was killed in time");
    }

    fn kill_one(self, seed: u64, options: &str) -> Killed {
        let mut dice = Dice::new(seed);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        let options = format!("--entries {ENTRIES} --trace {} {options}", path.display());
        let mut at_work = AtWork::start_with(self, &options);
        at_work.cluster.stdout.until("is linked to all");
        let sites = at_work.sites();
        let heard = dice.below(5 * u64::from(ENTRIES));
        for _ in 0..heard {
            at_work.cluster.stdout.next();
        }
        let dead = dice.below(5) as usize;
        send("KILL", &sites[dead].to_string()); // If it has not come to its end.
        let ended = at_work.cluster.finish();
        assert_eq!(AtWork::files(at_work.scratch.path()), 0);
        assert!(!ended.verdict().starts_with("diverged"), "{ended:?}");
        let trace = Trace::read(File::open(&path).unwrap()).unwrap();
        Killed { ended, dead, trace }
    }
}

/// Holds that it is known of each message that was received which one it was. Returns how many
/// steps there are.
fn assert_whole(trace: &Trace) -> usize {
    let steps = trace.entries.iter().filter_map(|entry| match entry {
        Entry::Step(told) => Some(&told.words),
        _ => None,
    });
    let is_message = |input: &Input<_, _, _>| matches!(input, Input::Message { .. });
    let mut count = 0;
    for step in steps {
        count += 1;
        assert_eq!(step.received.is_some(), is_message(&step.input), "{step:?}");
    }
    count
}
