//! A lab's binary: how it is called, and what can be read from what it says.

use std::process::Command;

use serde_json::Value;

use crate::{Ended, run};

/// A lab's binary.
#[derive(Clone, Copy, Debug)]
pub struct Lab {
    /// The package's name.
    pub name: &'static str,
    /// Where the binary is: `env!("CARGO_BIN_EXE_…")`.
    pub path: &'static str,
    /// Where it leaves what it leaves: `env!("CARGO_TARGET_TMPDIR")`.
    pub scratch: &'static str,
}

impl Lab {
    /// The binary with these words behind it, undisturbed by the environment.
    pub fn command(self, words: &str) -> Command {
        let mut command = Command::new(self.path);
        command.args(words.split_whitespace());
        self.undisturbed(command)
    }

    /// Takes everything out of the environment that changes what a lab does.
    pub(crate) fn undisturbed(self, mut command: Command) -> Command {
        for name in ["RUST_LOG", "SIGNALBOX_SECRET", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        for name in ["TMPDIR", "TMP"] {
            command.env(name, self.scratch);
        }
        command
    }

    /// What it says where temporary files are in `/tmp`.
    pub(crate) fn as_elsewhere(self, text: &str) -> String {
        text.replace(self.scratch, "/tmp")
    }

    /// Runs it to its end.
    pub fn run(self, words: &str) -> Ended {
        run(&mut self.command(words))
    }

    /// Runs it for a program, and returns the records. Holds that each is an object of a kind, but
    /// for the verdict, which is the last.
    pub fn records(self, words: &str) -> Vec<String> {
        let ended = self.run(&format!("--json {words}"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let records: Vec<String> = ended.stdout.lines().map(str::to_owned).collect();
        let (verdict, told) = records.split_last().unwrap();
        for line in told {
            let record: Value = serde_json::from_str(line).unwrap();
            let kind = record["kind"].as_str().unwrap_or_else(|| panic!("no kind: {line}"));
            assert!(kind.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{line}");
        }
        assert!(verdict.starts_with(r#"{"outcome":""#), "{verdict}");
        records
    }

    /// Runs it as if these words had been pasted into a shell.
    #[cfg(unix)]
    pub fn paste(self, words: &str) -> Ended {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec \"$0\" {words}"), self.path]);
        run(&mut self.undisturbed(shell))
    }
}

/// What every lab of the family promises of its subcommands.
impl Lab {
    /// Holds that the help of every subcommand has an example to paste.
    pub fn assert_help(self) {
        for subcommand in ["", "demo", "scenario", "node", "cluster", "simulate", "check", "trace"]
        {
            let ended = self.run(&format!("{subcommand} --help"));
            let example = format!("\nExample:\n  cargo run -p {} -- {subcommand}", self.name);
            assert!(ended.stdout.contains(&example), "{subcommand}: {}", ended.stdout);
            let pasted = ended.stdout.rsplit("Example:").next().unwrap_or_default();
            assert!(!pasted.contains('('), "no shell takes a parenthesis: {pasted}");
            assert_eq!(ended.code, Some(0));
        }
    }

    /// Holds that every option that takes a number says so in one line, when it is given something
    /// else, and says which. The exercise has at most `most_sites`.
    pub fn assert_numbers(self, most_sites: u32) {
        let most = u64::from(u32::MAX);
        for (words, least, most) in [
            ("scenario --sites", 1, most_sites.into()),
            ("node --id", 0, most),
            ("node --id 0 --size", 1, 64),
            ("node --id 0 --entries", 0, most),
            ("cluster --size", 1, 64),
            ("cluster --entries", 0, most),
            ("simulate --seed", 0, u64::MAX),
            ("simulate --size", 1, 1000),
            ("simulate --entries", 0, most),
            ("check --size", 1, 16),
            ("check --entries", 0, most),
            ("check --losses", 0, 255),
            ("check --duplications", 0, 255),
            ("check --reorderings", 0, 255),
            ("check --crashes", 0, 255),
            ("check --restarts", 0, 255),
            ("check --early-timeouts", 0, 255),
            ("check --max-states", 1, u64::MAX),
            ("check --max-depth", 0, most),
            ("check --max-memory", 1, 1_000_000),
            ("check --threads", 1, 256),
        ] {
            let option = words.split(' ').next_back().unwrap();
            for wrong in ["many", "-1", "1.5", "99999999999999999999", &(least - 1_i32).to_string()]
            {
                let Ended { code, stdout, stderr } = self.run(&format!("{words} {wrong}"));
                let takes = format!("{option} takes a whole number from {least} to {most}");
                assert_eq!(stderr, format!("error: {takes}, not \"{wrong}\"; see --help\n"));
                assert_eq!((code, stdout.as_str()), (Some(2), ""), "{words} {wrong}");
            }
        }
    }

    /// Holds that whoever gives an option a negative value is told what is wrong with it, and
    /// whoever forgets the value is told that.
    pub fn assert_hyphens(self) {
        for words in ["simulate --delay -5ms", "simulate --loss -1%", "cluster --hold -5ms"] {
            let Ended { code, stdout, stderr } = self.run(words);
            assert!(stderr.contains("no delay, chance or moment is negative; "), "{stderr}");
            assert_eq!((stderr.lines().count(), code, stdout.as_str()), (1, Some(2), ""));
        }
        let Ended { code, stderr, .. } = self.run("simulate --delay --seed 3");
        let said =
            "error: a value is required for '--delay <DELAY>' but none was supplied; see --help\n";
        assert_eq!((stderr.as_str(), code), (said, Some(2)));
    }

    /// Holds that the course's exercise goes behind reliable links as it goes without, in the demo
    /// and with these options, to the letter: what the links say to each other is not told.
    pub fn assert_same_behind_reliable_links(self, exercise: &str) {
        for words in ["demo", exercise] {
            let [bare, behind] = ["", " --reliable"].map(|it| self.run(&format!("{words}{it}")));
            assert_eq!(behind.stdout, bare.stdout, "{words}");
            assert_eq!((behind.code, behind.stderr.as_str()), (Some(0), ""), "{words}");
        }
    }
}

/// The number that stands before `word`.
pub fn number_before(word: &str, text: &str) -> u64 {
    let before = text.split(word).next().unwrap_or_default().trim_end();
    let number = before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    number.parse().unwrap_or_else(|_| panic!("no number before `{word}` in `{text}`"))
}

/// The number that stands behind `word`.
pub fn number_behind(word: &str, text: &str) -> u64 {
    let behind = text.split(word).nth(1).unwrap_or_else(|| panic!("no `{word}` in `{text}`"));
    let behind = behind.trim_start();
    let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
    behind[..end].parse().unwrap_or_else(|_| panic!("no number behind `{word}` in `{text}`"))
}
