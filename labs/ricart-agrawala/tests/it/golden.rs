//! What people read, to the letter: the console sessions in `tests/golden`, and those of the
//! handout.

use std::{path::Path, time::Duration};

use crate::support::{lab, run};

#[test]
fn what_people_read_is_as_written_down() {
    let binary = Path::new(env!("CARGO_BIN_EXE_ricart-agrawala"));
    trycmd::TestCases::new()
        .register_bin("ricart-agrawala", binary)
        .env("RUST_LOG", "")
        .env("CLICOLOR_FORCE", "")
        .timeout(Duration::from_secs(60))
        .case("tests/golden/*.trycmd")
        .case("tests/golden/*.toml")
        .run();
}

#[test]
fn the_handout_shows_what_is_printed() {
    let handout = include_str!("../../README.md");
    let sessions = handout.split("```console\n$ cargo run -p ricart-agrawala").skip(1);
    let mut count = 0;
    for session in sessions {
        let (session, _) = session.split_once("```").unwrap();
        let (arguments, shown) = session.split_once('\n').unwrap();
        let printed = run(&mut lab(arguments.trim_start_matches(" --"))).stdout;
        // A line of three dots stands for any lines.
        let (start, end) = shown.split_once("...\n").unwrap_or((shown, ""));
        let is_shown = if end.is_empty() { printed == start } else { printed.ends_with(end) };
        assert!(
            is_shown && printed.starts_with(start),
            "`{arguments}` prints:\n{printed}\nThe handout shows:\n{shown}"
        );
        count += 1;
    }
    assert!(count >= 5, "only {count} sessions in the handout");
}
