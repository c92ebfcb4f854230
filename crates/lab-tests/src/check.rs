//! `check`, held to its word: every run there can be.

use std::path::Path;

use serde_json::Value;

use crate::{Ended, Lab, glance::compare};

impl Lab {
    /// Holds that what the options say is proved, over links of these kinds, and that there are so
    /// many states: another number is another behaviour.
    pub fn assert_proves(self, options: &str, states: &[(&str, u64)]) -> Ended {
        let ended = self.run(&format!("check {options}"));
        assert!(ended.verdict().starts_with("Proved: safe"), "{options}: {ended:?}");
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{options}");
        let told: Vec<&str> = ended.stdout.lines().collect();
        assert_eq!(told.len(), states.len() + 1, "{ended:?}");
        for (line, (order, states)) in told.iter().zip(states) {
            let expected = format!(", {order} links: {states} states, met ");
            assert!(line.contains(&expected), "{options}: no `{expected}` in `{line}`");
            let is_reduced = options.contains("--reduced");
            assert_eq!(line.contains(", reduced, "), is_reduced, "{options}: {line}");
        }
        ended
    }

    /// Holds that a run goes wrong, and that it is the one in `tests/golden/check`, from where
    /// `GOLDEN=overwrite` writes it anew.
    pub fn assert_finds(self, name: &str, options: &str) {
        let ended = self.run(&format!("check {options}"));
        assert!(ended.verdict().starts_with("Violated: "), "{options}: {ended:?}");
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""), "{options}");
        let stdout = self.as_elsewhere(&ended.stdout);
        compare(&Path::new("tests/golden/check").join(format!("{name}.txt")), &stdout);
    }

    /// Holds that an algorithm which is not made for faults bears none: one lost message is too
    /// many, and so is one dead site. The runs are in `tests/golden/check`.
    pub fn assert_bears_no_fault(self) {
        self.assert_finds("loss", "--size 2 --entries 1 --losses 1");
        self.assert_finds("crash", "--size 2 --entries 1 --crashes 1");
    }

    /// Holds that `check` claims no more than it knows: nothing of a search that is not over or
    /// was interrupted, and with two threads the same as with one.
    pub fn assert_check_is_honest(self) {
        self.assert_keeps_bounds();
        self.assert_threads_agree();
        #[cfg(target_os = "linux")]
        self.assert_stops("check --size 5 --entries 5", "interrupted: nothing is proved");
    }

    /// A search that is not over proves nothing, whatever has ended it.
    fn assert_keeps_bounds(self) {
        for (bound, why) in [
            ("--max-states 100", "no more states allowed; "),
            ("--max-depth 4", "no more steps allowed; "),
            ("--max-memory 1", "no more memory allowed; "),
        ] {
            let ended = self.run(&format!("check {bound}"));
            let start = format!("BoundHit: {why}");
            assert!(ended.verdict().starts_with(&start), "{bound}: {ended:?}");
            assert!(ended.verdict().ends_with(" states left to work on"), "{bound}: {ended:?}");
            assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""), "{bound}");
            let records = records_but_for_the_time(&self.run(&format!("--json check {bound}")));
            assert_eq!(records.last().unwrap()["outcome"], "undecided", "{bound}");
        }
    }

    /// Two threads find what one finds, and programs are told of it: that all is well, and that it
    /// is not if a message may be lost.
    fn assert_threads_agree(self) {
        for (faults, found, outcome) in
            [("", "proved", "held"), ("--losses 1", "violated", "broken")]
        {
            let told = |threads: u32| {
                let words =
                    format!("--json check --size 2 --entries 1 {faults} --threads {threads}");
                records_but_for_the_time(&self.run(&words))
            };
            let records = told(1);
            assert_eq!(records, told(2), "{faults}");
            assert_eq!(records[0]["found"], found);
            assert_eq!(records[0]["story"].is_string(), found == "violated");
            assert_eq!(records.last().unwrap()["outcome"], outcome);
        }
    }

    /// Holds that whoever has waited long enough for what these words ask for gets the prompt back,
    /// and this verdict.
    #[cfg(target_os = "linux")]
    pub fn assert_stops(self, words: &str, verdict: &str) {
        let mut command = self.command(words);
        let running = crate::Running::start(&mut command);
        // Before the handler stands, the signal itself would end it.
        while !handles_interrupts(running.id()) {
            std::thread::yield_now();
        }
        running.signal("INT");
        let ended = running.finish();
        assert_eq!((ended.verdict(), ended.stdout.lines().count()), (verdict, 1), "{ended:?}");
        assert_eq!(ended.stderr, "");
        assert_eq!(ended.code, Some(130));
    }
}

/// Whether a process has its own way of being interrupted: the bit of SIGINT, which is 2, is set in
/// the mask of those that it catches.
#[cfg(target_os = "linux")]
fn handles_interrupts(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(mask.trim(), 16).unwrap() & (1 << (2 - 1)) != 0
}

fn records_but_for_the_time(ended: &Ended) -> Vec<Value> {
    let lines = ended.stdout.lines();
    let mut records: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    for record in &mut records {
        record.as_object_mut().unwrap().remove("seconds");
    }
    records
}
