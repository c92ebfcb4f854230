//! What the macro makes of a source.

mod age;

mutant::mutant! {
    /// Who is as old as we are is not older.
    no_tie in "tests/it/age.rs", "ours <= theirs" => "ours < theirs"
}

#[test]
fn the_mutant_is_another_and_the_source_is_what_it_was() {
    assert!(age::is_older(7, 7));
    assert!(!no_tie::is_older(7, 7));
    assert_eq!((age::is_older(1, 2), no_tie::is_older(1, 2)), (true, true));
}
