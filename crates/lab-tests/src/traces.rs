//! Runs that are written down: drawn in every form, and taken again.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::{Ended, Lab, glance::compare};

/// How a file of each form begins.
const FORMS: [(&str, &str); 5] = [
    ("html", "<!doctype html>"),
    ("svg", "<svg "),
    ("jsonl", r#"{"header":{"schema":1,"#),
    ("shiviz", "(?<host>"),
    ("mmd", "sequenceDiagram\n"),
];

impl Lab {
    /// Holds that the demo, a simulation and what a check finds are drawn in every form, and that
    /// a file's name must say which.
    pub fn assert_draws(self) {
        let folder = tempfile::tempdir().unwrap();
        for words in ["demo", "simulate --seed 3", "check --losses 1 --size 2 --entries 1"] {
            let plain = self.run(words);
            for (form, start) in FORMS {
                let (ended, drawn) =
                    self.draw(words, &folder.path().join("run").with_extension(form));
                assert_eq!(ended.code, plain.code, "{words}: {ended:?}");
                assert!(drawn.starts_with(start), "{words}, {form}: {drawn:.100}");
            }
        }
        let Ended { code, stderr, .. } = self.run("demo --trace run.png");
        assert!(stderr.contains("end the file's name with .html, .svg, .jsonl, "), "{stderr}");
        assert_eq!((stderr.lines().count(), code), (1, Some(2)));
        let Ended { code, stderr, .. } =
            self.run("simulate --seed 3 --trace no/such/folder/run.svg");
        assert!(stderr.contains("there is no folder no/such/folder: make it first"), "{stderr}");
        assert_eq!((stderr.lines().count(), code), (1, Some(2)));
    }

    /// Holds that the same seed writes the same down, to the byte, and that it comes out the same
    /// when it is taken again, whatever befell it; and not when one step was another, or is told as
    /// another, which then is the last that is drawn.
    pub fn assert_takes_again(self) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("run.jsonl");
        for words in [
            "simulate --seed 7 --loss 0.1 --duplication 0.1 --tolerate-rejections",
            "simulate --seed 7 --reliable",
            "simulate --seed 7 --reliable --crash 1@20ms..30ms",
            "check --losses 1 --size 2 --entries 1",
        ] {
            let [(_, first), (_, second)] = [self.draw(words, &file), self.draw(words, &file)];
            assert!(first == second, "{words}: two runs are not written down alike");
            let ended = self.run(&format!("trace {}", file.display()));
            assert!(ended.verdict().ends_with(", taken again: each did the same"), "{ended:?}");
            assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{words}");

            let picture = folder.path().join("run.html");
            for effects in ["/step/data/effects", "/step/words/effects"] {
                fs::write(&file, with_another_effect(&first, effects)).unwrap();
                let words = format!("trace {} --to {}", file.display(), picture.display());
                let ended = self.run(&words);
                assert!(ended.verdict().starts_with("diverged: site "), "{words}: {ended:?}");
                assert_eq!(ended.code, Some(1), "{words}");
                let drawn = fs::read_to_string(&picture).unwrap();
                assert!(drawn.contains(r#""property":"diverged""#), "{words}");
            }
        }
    }

    /// Holds that a picture in the course's texts is what is drawn of this run.
    /// `GOLDEN=overwrite` draws it anew.
    pub fn assert_picture(self, words: &str, picture: &str) {
        let folder = tempfile::tempdir().unwrap();
        let (_, drawn) = self.draw(words, &folder.path().join("run.svg"));
        compare(Path::new(picture), &drawn);
    }

    /// Runs it with `--trace`, and returns what it wrote.
    fn draw(self, words: &str, file: &Path) -> (Ended, String) {
        let ended = self.run(&format!("{words} --trace {}", file.display()));
        let drawn = fs::read_to_string(file).unwrap_or_else(|error| panic!("{ended:?}: {error}"));
        (ended, drawn)
    }
}

/// The same trace, but that of the process which took the last step it is told there that it said
/// something more.
fn with_another_effect(trace: &str, there: &str) -> String {
    let mut lines: Vec<String> = trace.lines().map(str::to_owned).collect();
    let last = lines.iter().rposition(|line| line.starts_with(r#"{"step":"#)).unwrap();
    let mut step: Value = serde_json::from_str(&lines[last]).unwrap();
    let effects = step.pointer_mut(there).and_then(Value::as_array_mut).unwrap();
    effects.push(json!({ "Emit": "Left" }));
    lines[last] = step.to_string();
    lines.join("\n") + "\n"
}
