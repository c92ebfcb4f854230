//! Sites that are wrong in one point, by name, for `check --mutant NAME`.

use std::sync::Arc;

use protocol::ProcessId;
use trace::{Divergence, Trace};

use super::{
    Solution,
    check::{Options, Promised, check_histories},
    drawing,
    screen::Screen,
};
use crate::{Failure, Verdict};

/// Sites of a lab that are wrong in one point: its `mutants.rs` has them.
pub struct Mutant {
    name: String,
    /// Why they are not wrong, if they are not: the algorithm was changed where they should be.
    unchanged: Option<&'static str>,
    check: Box<Checking>,
    again: Box<TakingAgain>,
}

/// Checks sites of some kind.
type Checking = dyn Fn(&Options, Promised, &Screen) -> Result<Verdict, Failure>;

/// Takes the steps of a run of such sites again.
type TakingAgain = dyn Fn(&Trace) -> Result<u64, Divergence>;

impl Mutant {
    /// The mutant of that name: in Rust's spelling, or as it stands on a command line. It may be
    /// `unchanged`, as `mutant!` has it.
    pub fn new<S: Solution>(
        name: &str,
        unchanged: Option<&'static str>,
        site: impl Fn(ProcessId, u32) -> S + Sync + 'static,
    ) -> Self {
        let site = Arc::new(site);
        let again = Arc::clone(&site);
        let again = move |trace: &Trace| {
            let size = trace.header.processes;
            trace.take_again(|me, _life| again(me, size), drawing::portrait)
        };
        let check = move |options: &Options, promised, screen: &Screen| {
            let mut options = options.clone();
            options.histories = true;
            check_histories(&options, &*site, promised, screen)
        };
        let name = name.replace('_', "-");
        Self { name, unchanged, check: Box::new(check), again: Box::new(again) }
    }

    /// As it stands on a command line.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes the steps of a run of these sites again.
    pub(super) fn take_again(&self, trace: &Trace) -> Result<u64, Divergence> {
        (self.again)(trace)
    }

    /// Checks these sites, if they are wrong.
    pub(super) fn check(
        &self,
        options: &Options,
        promised: Promised,
        screen: &Screen,
    ) -> Result<Verdict, Failure> {
        self.must_be_wrong()?;
        (self.check)(options, promised, screen)
    }

    /// What is checked under this name, and found to be right, must not be the algorithm itself.
    fn must_be_wrong(&self) -> Result<(), Failure> {
        self.unchanged.map_or(Ok(()), |why| {
            Err(Failure::Failed(format!(
                "--mutant {} changes nothing: {why}; put that back, or check the algorithm as it \
                 is now, without --mutant",
                self.name
            )))
        })
    }
}

/// The mutants of this module, each of whose `Site`s is made in the same way.
///
/// ```ignore
/// lab::mutants!([no_tie_break, counts_alone], |me, size| Site::new(me, me.peers(size)))
/// ```
#[macro_export]
macro_rules! mutants {
    ([$($name:ident),* $(,)?], |$me:ident, $size:ident| $site:expr) => {
        ::std::vec![$({
            use self::$name::Site;
            $crate::mutual_exclusion::Mutant::new(
                stringify!($name),
                self::$name::UNCHANGED,
                |$me, $size| $site,
            )
        }),*]
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutual_exclusion::unlocked::Unlocked;

    #[test]
    fn who_changes_nothing_says_why() {
        let mutant = |unchanged| Mutant::new("no_tie", unchanged, |_, _| Unlocked::new());
        assert!(mutant(None).must_be_wrong().is_ok());
        let failure = mutant(Some("src/lib.rs does not hold \"a < b\"")).must_be_wrong();
        let text = failure.unwrap_err().to_string();
        let start = "--mutant no-tie changes nothing: src/lib.rs does not hold \"a < b\"; put ";
        assert!(text.starts_with(start), "{text}");
    }
}
