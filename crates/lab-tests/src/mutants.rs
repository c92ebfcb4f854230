//! Sites that are wrong in one point, and the property that finds them.

use std::{fmt::Display, hash::Hash};

use checker::{Checkable, Reduction, Verdict};
use mutual_exclusion::{
    Command, Fairness, Measures, MutualExclusion, Worker, Workload, is_seen_by_safety, liveness,
    safety,
};
use protocol::{Monitor, Process, ProcessId, Property};
use scenario::Scenario;
use simulator::{Experiment, Failure, Shrinker};

use crate::{
    Ended, Lab,
    glance::{caught, first_failing_seed, for_seconds, shortest},
};

/// Sites that are wrong in one point, beside honest ones that begin as they do.
pub struct Suspects<H, W> {
    honest: Box<Sites<H>>,
    wrong: Box<Sites<W>>,
}

/// The site of that id in a system of that size.
type Sites<P> = dyn Fn(ProcessId, u32) -> P + Sync;

impl<H, W> Suspects<H, W>
where
    H: MutualExclusion + Checkable + Process<Message: Clone>,
    W: MutualExclusion + Checkable,
    W: Process<Message: Clone + PartialEq + Display, Timer: Display>,
{
    /// These sites.
    pub fn new(
        honest: impl Fn(ProcessId, u32) -> H + Sync + 'static,
        wrong: impl Fn(ProcessId, u32) -> W + Sync + 'static,
    ) -> Self {
        Self { honest: Box::new(honest), wrong: Box::new(wrong) }
    }

    /// The property that finds the wrong ones in some of the runs of five hundred seeds, as
    /// [`caught`] has it.
    pub fn caught_by(&self, scenario: &Scenario<Workload>) -> String {
        let watch = watch(scenario);
        with_shrinker(scenario, &*self.honest, &watch, |honest| {
            with_shrinker(scenario, &*self.wrong, &watch, |wrong| caught(honest, wrong))
        })
    }

    /// The property of a state that a shortest run of the wrong ones breaks, as [`shortest`] has
    /// it. A search that passes over what makes no difference must find it broken, too.
    pub fn shortest(&self, scenario: &Scenario<Workload>) -> String {
        let property = self.shortest_watched_by(&(), scenario);
        assert_eq!(self.found_reduced(scenario), property);
        property
    }

    fn found_reduced(&self, scenario: &Scenario<Workload>) -> String {
        let reduction = Reduction { is_visible: &is_seen_by_safety, outlook: None };
        let verdict = with_shrinker(scenario, &*self.wrong, &(), |wrong| {
            for_seconds(wrong).run_reduced(&reduction, &mut |_| {})
        });
        match verdict {
            Verdict::Violated { violation, .. } => violation.property.into_owned(),
            _ => panic!("nobody sees that it is wrong: {verdict}"),
        }
    }

    /// As [`Self::shortest`], with every history watched: for those that do no harm, but ask too
    /// much of others.
    pub fn shortest_history(&self, scenario: &Scenario<Workload>) -> String {
        self.shortest_watched_by(&watch(scenario), scenario)
    }

    fn shortest_watched_by<M>(&self, monitor: &M, scenario: &Scenario<Workload>) -> String
    where
        M: Monitor<H> + Monitor<W> + Clone + Eq + Hash + Send + Sync,
    {
        with_shrinker(scenario, &*self.honest, monitor, |honest| {
            with_shrinker(scenario, &*self.wrong, monitor, |wrong| shortest(honest, wrong))
        })
    }
}

/// The first of five hundred seeds with which the sites fail, and how.
pub fn first_failure<P: MutualExclusion<Message: Clone>>(
    scenario: &Scenario<Workload>,
    site: impl Fn(ProcessId, u32) -> P + Sync + 'static,
) -> Option<(u64, Failure)> {
    with_shrinker(scenario, &site, &watch(scenario), first_failing_seed)
}

impl Lab {
    /// Holds that `check` knows every `mutant!` of a lab's `mutants.rs` by name, and refuses any
    /// other in a line that names them.
    pub fn assert_knows_its_mutants(self, source: &str) {
        let is_a_name = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("///");
        let name = |body: &str| {
            let line = body.lines().find(is_a_name)?;
            Some(line.trim().trim_end_matches(',').replace('_', "-"))
        };
        let written: Vec<String> = source.split("\nmutant! {\n").skip(1).filter_map(name).collect();
        let ended = self.run("check --mutant list");
        assert_eq!(ended.stdout.lines().collect::<Vec<_>>(), written);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));

        let Ended { code, stdout, stderr } = self.run("check --mutant whatever");
        let names = written.join(", ");
        let said = format!("error: --mutant whatever: there is none; choose from {names}\n");
        assert_eq!((code, stdout, stderr), (Some(2), String::new(), said));
    }
}

fn watch(scenario: &Scenario<Workload>) -> (Fairness, Measures) {
    (Fairness::new(scenario.processes), Measures::new(scenario.processes))
}

fn with_shrinker<P: MutualExclusion, M: Monitor<P> + Clone, T>(
    scenario: &Scenario<Workload>,
    site: &Sites<P>,
    monitor: &M,
    use_it: impl FnOnce(&Shrinker<P, Worker, M, Workload>) -> T,
) -> T {
    let size = scenario.processes;
    let properties: [Property<P>; 2] = [safety(), liveness()];
    let experiment = Experiment {
        scenario,
        properties: &properties,
        process: &|me, _incarnation| site(me, size),
        application: &|_| scenario.workload.worker(),
    };
    use_it(&Shrinker {
        experiment: &experiment,
        monitor: &|| monitor.clone(),
        may_omit: &|command| *command == Command::Enter,
        noun: "site",
    })
}
