//! `simulate`, held to its word: runs in virtual time, and their replay.

use crate::{Ended, Lab};

impl Lab {
    /// Holds that two hundred runs over each of these kinds of links are safe, live and fair, and
    /// that an entry costs so many messages: "8.00".
    pub fn assert_holds_over(self, kinds: &[&str], cost: &str) {
        let ended = self.assert_all_good("--seeds 0..200", 200 * kinds.len());
        // Runs without contention, and unordered links that keep order, would prove nothing.
        for kind in kinds {
            let runs = format!("{kind} links: 200 runs (200 with contention), 10000 entries");
            let line = format!("{runs}, {cost} messages each");
            assert!(ended.stdout.contains(&line), "no `{line}` in:\n{}", ended.stdout);
        }
        let keeps_order = |kind: &&&str| **kind == "FIFO";
        let in_order = kinds.iter().filter(keeps_order).count();
        assert_eq!(ended.stdout.matches(" 0 overtaken").count(), in_order, "{}", ended.stdout);
    }

    /// Holds that a hundred runs over each kind of links, as bad as can be, are safe, live and
    /// fair behind reliable ones.
    pub fn assert_reliable(self) {
        let ended = self.assert_all_good("--reliable --seeds 0..100", 200);
        // Links that do nothing bad would prove nothing.
        for fate in ["lost", "duplicated", "overtaken", "cut"] {
            assert_eq!(ended.stdout.matches(fate).count(), 2, "{}", ended.stdout);
            assert!(!ended.stdout.contains(&format!(" 0 {fate}")), "{}", ended.stdout);
        }
    }

    /// Holds that everything promised is kept in so many runs, in each of which five sites enter
    /// ten times.
    fn assert_all_good(self, options: &str, runs: usize) -> Ended {
        let ended = self.run(&format!("simulate {options}"));
        let verdict = ended.verdict();
        let start = format!("mutual exclusion held: {} entries, ", runs * 5 * 10);
        assert!(verdict.starts_with(&start), "{ended:?}");
        let end = format!("in {runs} runs; all safe, all live, all fair");
        assert!(verdict.ends_with(&end), "{ended:?}");
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
        ended
    }

    /// The words that have a failing run again, as it says itself.
    pub fn replay_line(self, ended: &Ended) -> &str {
        let start = format!("to see it again: cargo run -p {} -- ", self.name);
        let line = ended.stdout.lines().find_map(|line| line.strip_prefix(&start));
        line.unwrap_or_else(|| panic!("{ended:?}"))
    }

    /// Holds that these words lead to a run that fails, and that the line which it prints has the
    /// same run again, told step by step. Returns the first run.
    #[cfg(unix)]
    pub fn assert_replays(self, words: &str) -> Ended {
        let first = self.run(words);
        assert_eq!(first.code, Some(1), "{words}: {first:?}");
        assert!(first.verdict().contains(" with seed "), "{first:?}");

        let replay = self.replay_line(&first);
        let [again, and_again] = [self.paste(replay), self.paste(replay)];
        assert_eq!(again.stdout, and_again.stdout);
        assert_eq!(again.code, Some(1));
        // Told step by step, it comes to the same end, and says the same of it.
        assert!(again.stdout.ends_with(&first.stdout), "{again:?}\nends otherwise than {first:?}");
        assert!(again.stdout.len() > first.stdout.len(), "{replay} tells no steps");
        first
    }
}
