//! What is wrong in one point: which property finds it, and in how few steps: by trying, and by
//! trying all there is.

use std::{any, env, fmt::Display, fs, hash::Hash, num::NonZeroUsize, path::Path};

use checker::{Bounds, Check, Checkable, Verdict};
use protocol::{Application, Monitor, Process};
use simulator::{Experiment, Failure, Shrinker, Shrunk};

/// The most steps that may be left of a mutant's failure: what a student takes in at a glance.
const GLANCE: usize = 12;

/// The property that finds `wrong` processes; `honest` ones have it in the same scenario. What
/// the failure comes down to must be short, and stand in `tests/golden/mutants`, from where
/// `GOLDEN=overwrite` writes it anew.
pub fn caught<H, P, A, M, W>(honest: &Shrinker<H, A, M, W>, wrong: &Shrinker<P, A, M, W>) -> String
where
    H: Process<Message: Clone>,
    P: Process<Command: Clone + PartialEq + Display, Message: Clone + PartialEq + Display>,
    P: Process<Event: Display, Timer: Display>,
    A: Application<H> + Application<P>,
    M: Monitor<H> + Monitor<P>,
{
    assert_eq!(first_failing_seed(honest), None, "so fail the honest ones");
    let (seed, failure) = first_failing_seed(wrong).expect("nobody sees that it is wrong");
    let shrunk = wrong.shrink(seed).expect("a run that failed fails again");
    let steps = shrunk.script.len();
    assert!(steps <= GLANCE, "seed {seed} comes down to {steps} steps:\n{}", shrunk.story);
    assert_least(wrong, &shrunk);
    let property = failure.violation.property.into_owned();
    compare_story::<P>("mutants", &property, &shrunk.story);
    property
}

/// The property that finds `wrong` processes in every run there can be; `honest` ones are proved
/// to have it. A run as short as any, or one that never ends, must stand in
/// `tests/golden/shortest`, from where `GOLDEN=overwrite` writes it anew.
pub fn shortest<H, P, A, M, W>(
    honest: &Shrinker<H, A, M, W>,
    wrong: &Shrinker<P, A, M, W>,
) -> String
where
    H: Checkable,
    P: Checkable + Process<Command: Display, Message: Display, Event: Display, Timer: Display>,
    A: Application<H> + Application<P> + Clone + Eq + Hash + Send + Sync,
    M: Monitor<H> + Monitor<P> + Clone + Eq + Hash + Send + Sync,
    W: Sync,
{
    let proof = search(honest);
    assert!(matches!(proof, Verdict::Proved(_)), "the honest ones: {proof}");
    let found = search(wrong);
    println!("honest: {proof}\nwrong: {found}, {}", found.extent());
    let Verdict::Violated { violation, run, .. } = found else {
        panic!("nobody sees that it is wrong");
    };
    let replayed = match run.repeats_from {
        Some(first) => wrong.replay_for_ever(&run.script, first).unwrap_or_else(|why| {
            panic!("followed again, it does not go round: {why}");
        }),
        None => wrong.replay(&run.script).expect("followed again, nothing is wrong"),
    };
    assert_eq!(replayed, violation, "followed again, something else is wrong");
    let property = violation.property.clone().into_owned();
    let told = wrong.tell(&run.script, run.repeats_from);
    let story = format!("{told}     {violation}\n");
    compare_story::<P>("shortest", &property, &story);
    property
}

/// Looks at all that can happen, and holds that it is well, and that there are so many states:
/// another number is another behaviour.
#[track_caller]
pub fn assert_proves<P, A, M, W>(experiment: &Experiment<P, A, W>, monitor: M, states: u64)
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash + Send + Sync,
    M: Monitor<P> + Clone + Eq + Hash + Send + Sync,
    W: Sync,
{
    let threads = NonZeroUsize::MIN.saturating_add(1);
    let verdict = to_look_at(experiment, monitor, 3_000_000, threads).run(&mut |_| {});
    println!("{verdict}");
    let Verdict::Proved(extent) = verdict else { panic!("{verdict}") };
    assert_eq!(extent.unique_states, states, "another number of states is another behaviour");
}

/// Looks at all that can happen, as far as seconds go.
fn search<P, A, M, W>(shrinker: &Shrinker<P, A, M, W>) -> Verdict<P>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash + Send + Sync,
    M: Monitor<P> + Clone + Eq + Hash + Send + Sync,
    W: Sync,
{
    for_seconds(shrinker).run(&mut |_| {})
}

/// A search for all that can happen, as far as seconds go.
pub(crate) fn for_seconds<'a, P: Process, A, M, W>(
    shrinker: &Shrinker<'a, P, A, M, W>,
) -> Check<'a, P, A, M, W> {
    to_look_at(shrinker.experiment, (shrinker.monitor)(), 1_000_000, NonZeroUsize::MIN)
}

/// A search for all that can happen, or for so many states.
fn to_look_at<'a, P: Process, A, M, W>(
    experiment: &Experiment<'a, P, A, W>,
    monitor: M,
    max_states: u64,
    threads: NonZeroUsize,
) -> Check<'a, P, A, M, W> {
    let &Experiment { scenario, properties, process, application } = experiment;
    let bounds = Bounds { max_states, ..Bounds::default() };
    Check { scenario, properties, process, application, monitor, bounds, threads }
}

/// The first of five hundred seeds with which the processes fail, and how.
pub(crate) fn first_failing_seed<P, A, M, W>(
    shrinker: &Shrinker<P, A, M, W>,
) -> Option<(u64, Failure)>
where
    P: Process<Message: Clone>,
    A: Application<P>,
    M: Monitor<P>,
{
    let run = |seed| shrinker.experiment.run(seed, (shrinker.monitor)()).failure;
    (0..500).find_map(|seed| Some((seed, run(seed)?)))
}

/// Holds that every event is needed.
fn assert_least<P, A, M, W>(shrinker: &Shrinker<P, A, M, W>, shrunk: &Shrunk<P>)
where
    P: Process<Command: Clone + PartialEq, Message: Clone + PartialEq>,
    A: Application<P>,
    M: Monitor<P>,
{
    for event in 0..shrunk.script.len() {
        let violation = shrinker.replay(&shrunk.script.without(event));
        let is_the_same = violation.is_some_and(|it| it.property == shrunk.violation.property);
        assert!(!is_the_same, "event {} might as well not happen:\n{}", event + 1, shrunk.story);
    }
}

/// The module in which `P` is defined, or the first kind of an `Either`: a mutant's name.
fn module_of<P>() -> &'static str {
    let path = any::type_name::<P>();
    let path = path.strip_prefix("protocol::either::Either<").unwrap_or(path);
    let (path, _of_what) = path.split_once(['<', ',']).unwrap_or((path, ""));
    path.rsplit("::").nth(1).unwrap()
}

/// Holds the story of a mutant's failure against the one that is written down.
fn compare_story<P>(folder: &str, property: &str, story: &str) {
    let file = format!("{}-{property}.txt", module_of::<P>()).replace(['_', ' '], "-");
    compare(&Path::new("tests/golden").join(folder).join(file), story);
}

/// Holds what people read against what is written down, or writes it down.
pub(crate) fn compare(path: &Path, story: &str) {
    if env::var_os("GOLDEN").is_some_and(|wish| wish == "overwrite") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        return fs::write(path, story).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(story, expected, "{} says otherwise", path.display());
}
