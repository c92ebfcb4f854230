//! What people read, to the letter.

use std::{path::Path, time::Duration};

use crate::Lab;

impl Lab {
    /// Holds that the console sessions in `tests/golden` go as they are written down.
    /// `TRYCMD=overwrite` writes them down anew.
    pub fn assert_golden(self) {
        trycmd::TestCases::new()
            .register_bin(self.name, Path::new(self.path))
            .env("RUST_LOG", "")
            .env("CLICOLOR_FORCE", "")
            .env("TMPDIR", self.scratch)
            .timeout(Duration::from_secs(60))
            .case("tests/golden/*.trycmd")
            .case("tests/golden/*.toml")
            .run();
    }

    /// Holds that the console sessions of the handout, at least `least`, print what it shows. A
    /// line of three dots stands for any lines, and three dots in a line for any words.
    pub fn assert_handout(self, handout: &str, least: usize) {
        let call = format!("```console\n$ cargo run -p {}", self.name);
        let sessions = handout.split(&call).skip(1);
        let mut count = 0;
        for session in sessions {
            let (session, _) = session.split_once("```").unwrap();
            let (words, shown) = session.split_once('\n').unwrap();
            let printed = self.run(words.trim_start_matches(" --")).stdout;
            let printed = self.as_elsewhere(&printed);
            assert!(
                is_shown(&printed, shown),
                "`{words}` prints:\n{printed}\nThe handout shows:\n{shown}"
            );
            count += 1;
        }
        assert_eq!(handout.matches("```console").count(), count, "a session of something else");
        assert!(count >= least, "only {count} sessions in the handout");
    }
}

/// Whether `shown` is `printed`, but for what its dots leave out.
fn is_shown(printed: &str, shown: &str) -> bool {
    let Some((start, rest)) = shown.split_once("...") else { return printed == shown };
    let Some(printed) = printed.strip_prefix(start) else { return false };
    let is_line = (start.is_empty() || start.ends_with('\n')) && rest.starts_with('\n');
    let rest = if is_line { &rest[1..] } else { rest };
    // Wherever what is left out may end.
    let ends = printed.char_indices().map(|(i, _)| i).chain([printed.len()]);
    ends.map(|end| printed.split_at(end)).any(|(left_out, printed)| {
        let is_whole = if is_line {
            left_out.is_empty() || left_out.ends_with('\n')
        } else {
            !left_out.contains('\n')
        };
        is_whole && is_shown(printed, rest)
    })
}

#[cfg(test)]
mod tests {
    use super::is_shown;

    #[test]
    fn dots_stand_for_lines_or_for_words() {
        assert!(is_shown("a\nb\nc\n", "a\nb\nc\n"));
        assert!(is_shown("a\nb\nc\n", "a\n...\nc\n"));
        assert!(is_shown("a\nc\n", "a\n...\nc\n"));
        assert!(is_shown("cost 3.90 each\n", "cost ... each\n"));
        assert!(is_shown("x\ny\ncost 3.90 each\n", "...\ncost ... each\n"));
        assert!(!is_shown("a\nb\nc\n", "a\nc\n"));
        assert!(!is_shown("a\nbc\n", "a\n...\nc\n"));
        assert!(!is_shown("cost 3\n4 each\n", "cost ... each\n"));
        assert!(!is_shown("a\nb\nc\n", "a\n...\nb\n"));
    }
}
