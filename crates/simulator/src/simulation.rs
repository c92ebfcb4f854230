//! One run: the loop that takes what is next from the agenda and lets it happen.

use std::{ptr, time::Duration};

use protocol::{
    Application, Claim, Input, InputOf, Monitor, Outbox, Process, ProcessId, Property, View,
    Violation,
};

use crate::{
    Experiment, Failure, Run,
    links::nanoseconds,
    surroundings::{Happening, Surroundings},
};

/// A run under way.
pub(crate) struct Simulation<'a, P: Process, A, M, W> {
    pub(crate) experiment: &'a Experiment<'a, P, A, W>,
    /// Every process, the dead among them.
    pub(crate) processes: Vec<P>,
    pub(crate) surroundings: Surroundings<'a, P, A, M>,
    /// Whom the last change befell.
    pub(crate) at_work: Option<ProcessId>,
    steps: u64,
    /// The properties that every state must have.
    always: Vec<&'a Property<P>>,
    /// The properties that some state must have and none has had yet.
    unseen: Vec<&'a Property<P>>,
    failure: Option<Failure>,
}

impl<'a, P, A, M, W> Simulation<'a, P, A, M, W>
where
    P: Process<Message: Clone>,
    A: Application<P>,
    M: Monitor<P>,
{
    pub(crate) fn new(experiment: &'a Experiment<'a, P, A, W>, seed: u64, monitor: M) -> Self {
        let ids = || ProcessId::all(experiment.scenario.processes);
        let those =
            |claim| experiment.properties.iter().filter(move |property| property.claim() == claim);
        Self {
            experiment,
            processes: ids().map(|id| (experiment.process)(id, 0)).collect(),
            surroundings: Surroundings::new(
                experiment.scenario,
                ids().map(experiment.application).collect(),
                seed,
                monitor,
            ),
            at_work: None,
            steps: 0,
            always: those(Claim::Always).collect(),
            unseen: those(Claim::Sometimes).collect(),
            failure: None,
        }
    }

    /// Runs to the end, or to the first failure.
    pub(crate) fn run(&mut self) {
        let deadline = nanoseconds(self.experiment.scenario.deadline);
        self.judge();
        self.start();
        while self.failure.is_none() {
            match self.surroundings.agenda.take() {
                None => return self.end("deadlock", true),
                // Passed over without a glance at the time, as if it had never been put down.
                Some((_, _, happening)) if self.surroundings.is_void(&happening) => {}
                Some((moment, ..)) if moment > deadline => {
                    self.surroundings.now = deadline;
                    return self.end("liveness", false);
                }
                Some((moment, place, happening)) => {
                    self.surroundings.now = moment;
                    self.let_happen(place, happening);
                }
            }
        }
    }

    /// Everybody starts, every link comes up, every application begins.
    fn start(&mut self) {
        let ids = || ProcessId::all(self.experiment.scenario.processes);
        for id in ids() {
            self.step(id, Input::Start);
        }
        for (a, b) in ids().flat_map(|a| ids().skip(a.index() + 1).map(move |b| (a, b))) {
            self.connect(a, b);
        }
        for id in ids() {
            self.start_application(id);
        }
    }

    pub(crate) fn start_application(&mut self, of: ProcessId) {
        self.at_work = Some(of);
        self.surroundings.with_plan(of, Application::on_start);
    }

    fn let_happen(&mut self, place: u64, happening: Happening<'a, P>) {
        match happening {
            Happening::Arrival { from, to, connection, message } => {
                if self.surroundings.admits(place, from, to, connection, &message) {
                    self.step(to, Input::Message { from, message });
                }
            }
            Happening::Command { at, command, .. } => self.step(at, Input::Command(command)),
            Happening::Timeout { at, timer, .. } => {
                self.surroundings.timers[at.index()].cancel(&timer);
                self.step(at, Input::Timer(timer));
            }
            Happening::Hangup { from, to, is_own, .. } => {
                if self.surroundings.hangup_arrives(from, to, is_own) {
                    self.go_down(from, to);
                }
            }
            Happening::PartitionBegins(partition) => self.divide(partition, true),
            Happening::PartitionHeals(partition) => self.divide(partition, false),
            Happening::Death(crash) => self.kill(crash),
            Happening::Rebirth(process) => self.revive(process),
        }
    }

    /// Gives `process` one input, and looks at what has become of the system. After the first
    /// failure nobody takes a step, not even in the middle of a happening.
    pub(crate) fn step(&mut self, process: ProcessId, input: InputOf<P>) {
        if self.failure.is_some() {
            return;
        }
        if self.steps == self.experiment.scenario.max_steps {
            let detail = format!("{} steps were not enough", self.steps);
            return self.fail(Violation::new("liveness", detail));
        }
        self.at_work = Some(process);
        self.steps += 1;
        let around = &mut self.surroundings;
        let now = Duration::from_nanos(around.now);
        around.monitor.on_input(now, process, &self.processes[process.index()], &input);
        let own_now = around.clocks[process.index()].shows(now);
        let mut sink = |effect| around.take(process, effect);
        let actor = &mut self.processes[process.index()];
        actor.step(input, &mut Outbox::new(own_now, &mut sink));
        self.surroundings.monitor.on_step_end(now, own_now, process, actor);
        self.judge();
    }

    pub(crate) fn judge(&mut self) {
        let alive = &self.surroundings.alive;
        let mut view = View::new(&self.processes, alive);
        view.moved = self.at_work;
        for property in &self.always {
            if let Err(detail) = property.judge(&view) {
                return self.fail(Violation::new(property.name(), detail));
            }
        }
        if !self.unseen.is_empty() {
            self.unseen.retain(|property| property.judge(&view).is_err());
        }
        if let Some(violation) = self.surroundings.monitor.violation() {
            self.fail(violation);
        } else if let Some(violation) = &self.surroundings.rejection {
            self.fail(violation.clone());
        }
    }

    /// The run is over, at rest or by the deadline: is anything still owed to anybody?
    fn end(&mut self, kind: &'static str, is_at_rest: bool) {
        let view = View::new(&self.processes, &self.surroundings.alive);
        let owed = self
            .experiment
            .properties
            .iter()
            .filter(|property| property.claim() == Claim::Eventually)
            .find_map(|property| property.judge(&view).err());
        let is_unfinished = |id: &ProcessId| {
            view.alive[id.index()] && !self.surroundings.applications[id.index()].is_done()
        };
        let mut ids = ProcessId::all(self.experiment.scenario.processes);
        let unfinished = || Some(format!("process {} is not done", ids.find(is_unfinished)?));
        if let Some(detail) = owed.or_else(unfinished) {
            self.fail(Violation::new(kind, detail));
        } else if let Some(violation) =
            is_at_rest.then(|| self.surroundings.monitor.violation_at_rest()).flatten()
        {
            self.fail(violation);
        }
    }

    fn fail(&mut self, violation: Violation) {
        let at = Duration::from_nanos(self.surroundings.now);
        self.failure.get_or_insert(Failure { violation, at, steps: self.steps });
    }

    pub(crate) fn fail_by_panic(&mut self, text: &str) {
        let detail = match self.at_work {
            Some(process) => format!("process {process}: {text}"),
            None => text.to_owned(),
        };
        self.fail(Violation::new("nobody panics", detail));
    }

    pub(crate) fn into_run(self) -> Run<M> {
        let was_seen =
            |property: &&Property<P>| !self.unseen.iter().any(|&unseen| ptr::eq(unseen, *property));
        let sometimes = self
            .experiment
            .properties
            .iter()
            .filter(|property| property.claim() == Claim::Sometimes);
        Run {
            failure: self.failure,
            ended_at: Duration::from_nanos(self.surroundings.now),
            steps: self.steps,
            fates: self.surroundings.fates,
            seen: sometimes.filter(was_seen).map(Property::name).collect(),
            monitor: self.surroundings.monitor,
        }
    }
}
