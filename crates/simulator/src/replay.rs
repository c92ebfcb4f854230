//! A run that follows a script.

use std::time::Duration;

use protocol::{
    Application, Claim, Fate, Input, InputOf, Link, Monitor, Outbox, Process, ProcessId, View,
    Violation,
};
use scenario::made_up_address;
use trace::{BEGINNING, Happened, HappenedTo, What};

use crate::{Experiment, duty::DutyOf, stage::Stage};

/// The same processes, applications and properties, but no dice and no agenda: the script alone
/// says what happens. What it says and can't happen is passed over.
pub(crate) struct Replay<'a, P: Process, A, M, W> {
    experiment: &'a Experiment<'a, P, A, W>,
    may_omit: &'a dyn Fn(&P::Command) -> bool,
    pub(crate) processes: Vec<P>,
    pub(crate) stage: Stage<P, A, M>,
    /// Whom the last change befell.
    at_work: Option<ProcessId>,
    /// The largest name of an event so far.
    last_id: u32,
    /// What has happened of what was asked for.
    pub(crate) happened: Vec<HappenedTo<P>>,
    pub(crate) violation: Option<Violation>,
}

/// For how many events a run goes on before what has not come by then is believed not to come.
pub(crate) const LONG_ENOUGH: usize = 2000;

impl<'a, P, A, M, W> Replay<'a, P, A, M, W>
where
    P: Process<Command: Clone + PartialEq, Message: Clone>,
    A: Application<P>,
    M: Monitor<P>,
{
    pub(crate) fn new(
        experiment: &'a Experiment<'a, P, A, W>,
        may_omit: &'a dyn Fn(&P::Command) -> bool,
        monitor: M,
    ) -> Self {
        let ids = || ProcessId::all(experiment.scenario.processes);
        let applications = ids().map(experiment.application).collect();
        Self {
            experiment,
            may_omit,
            processes: ids().map(|id| (experiment.process)(id, 0)).collect(),
            stage: Stage::new(experiment.scenario, applications, monitor),
            at_work: None,
            last_id: BEGINNING,
            happened: Vec::new(),
            violation: None,
        }
    }

    /// Everybody starts, every link comes up, every application begins.
    pub(crate) fn begin(&mut self) {
        self.judge();
        let ids = || ProcessId::all(self.experiment.scenario.processes);
        for id in ids() {
            self.step(id, Input::Start);
        }
        for (a, b) in ids().flat_map(|a| ids().skip(a.index() + 1).map(move |b| (a, b))) {
            if self.stage.can_connect(a, b) {
                self.connect(a, b);
            }
        }
        for id in ids() {
            self.at_work = Some(id);
            self.stage.with_plan(id, Application::on_start);
        }
    }

    /// Lets an event happen, if it can.
    pub(crate) fn follow(&mut self, event: &HappenedTo<P>) {
        if self.violation.is_some() {
            return;
        }
        self.last_id = self.last_id.max(event.id);
        self.stage.now = self.stage.now.max(event.at);
        if let Some(what) = self.stage.possible(&event.what) {
            self.let_happen(event.id, what);
        }
    }

    /// Lets a duty be done, as the event of that name; returns whether that was possible.
    pub(crate) fn fulfil(&mut self, id: u32, at: Duration, duty: &DutyOf<P>) -> bool
    where
        P::Message: PartialEq,
    {
        if self.violation.is_some() {
            return false;
        }
        self.stage.now = self.stage.now.max(at);
        let is_due = self.stage.duties().contains(duty);
        let what = self.stage.doing(duty).filter(|_| is_due);
        let what = what.and_then(|what| self.stage.possible(&what));
        let is_possible = what.is_some();
        what.into_iter().for_each(|what| self.let_happen(id, what));
        is_possible
    }

    /// Lets what is bound to happen next happen; returns whether there was anything.
    pub(crate) fn go_on(&mut self) -> bool {
        if self.violation.is_some() {
            return false;
        }
        let next = self.stage.next(self.may_omit);
        let is_at_rest = next.is_none();
        if let Some(what) = next {
            self.let_happen(self.last_id + 1, what);
        }
        !is_at_rest
    }

    fn let_happen(&mut self, id: u32, what: What<P::Command, P::Timer>) {
        self.last_id = self.last_id.max(id);
        self.stage.names.begin_event(id);
        // Written down before, so that it is not missing when it panics.
        self.happened.push(Happened { id, at: self.stage.now, what: what.clone() });
        match what {
            What::Command { at, command } => {
                let asked = &mut self.stage.asked[at.index()];
                let position = asked.iter().position(|asked| *asked == command);
                asked.remove(position.expect("what is possible was asked for"));
                self.step(at, Input::Command(command));
            }
            What::Delivery { from, to, message } => {
                let flying = self.stage.take_off(from, to, message);
                if self.stage.network.channel(from, to).is_overtaken(flying.place) {
                    let Stage { monitor, now, .. } = &mut self.stage;
                    monitor.on_fate(*now, from, to, &flying.message, Fate::Overtaken);
                }
                self.step(to, Input::Message { from, message: flying.message });
            }
            What::Fate { from, to, message, fate } => {
                let message = match fate {
                    Fate::Duplicated => self.stage.double(from, to, message),
                    _ => self.stage.take_off(from, to, message).message,
                };
                self.stage.monitor.on_fate(self.stage.now, from, to, &message, fate);
                self.judge();
            }
            What::Timeout { at, timer } => {
                self.stage.timers[at.index()].remove(&timer);
                self.step(at, Input::Timer(timer));
            }
            What::Crash { who, is_noticed } => {
                self.at_work = Some(who);
                self.stage.kill(who, is_noticed);
                self.judge();
            }
            What::Restart(who) => self.restart(who),
            What::Up(a, b) => self.connect(a, b),
            What::Down { at, peer } => {
                self.stage.network.channel(peer, at).shut();
                self.step(at, Input::Link { peer, link: Link::Down });
                self.stage.shut(peer, at);
            }
        }
    }

    fn restart(&mut self, who: ProcessId) {
        self.at_work = Some(who);
        self.stage.incarnations[who.index()] += 1;
        let incarnation = self.stage.incarnations[who.index()];
        self.stage.applications[who.index()] = (self.experiment.application)(who);
        self.processes[who.index()] = (self.experiment.process)(who, incarnation);
        self.stage.revive(who);
        self.step(who, Input::Start);
        self.stage.with_plan(who, Application::on_start);
    }

    fn connect(&mut self, a: ProcessId, b: ProcessId) {
        self.stage.open(a, b);
        for (from, to) in [(a, b), (b, a)] {
            let incarnation = self.stage.incarnations[from.index()];
            let link = Link::Up { addr: made_up_address(from), incarnation };
            self.step(to, Input::Link { peer: from, link });
        }
    }

    fn step(&mut self, process: ProcessId, input: InputOf<P>) {
        if self.violation.is_some() {
            return;
        }
        self.at_work = Some(process);
        let stage = &mut self.stage;
        stage.monitor.on_input(stage.now, process, &self.processes[process.index()], &input);
        let own_now = stage.clocks[process.index()].shows(stage.now);
        let mut sink = |effect| stage.take(process, effect);
        let actor = &mut self.processes[process.index()];
        actor.step(input, &mut Outbox::new(own_now, &mut sink));
        self.stage.monitor.on_step_end(self.stage.now, own_now, process, actor);
        self.judge();
    }

    fn judge(&mut self) {
        let alive = &self.stage.alive;
        let mut view = View::new(&self.processes, alive);
        view.moved = self.at_work;
        let mut properties = self.experiment.properties.iter();
        let broken = properties.find_map(|property| {
            let is_broken = property.claim() == Claim::Always;
            let detail = is_broken.then(|| property.judge(&view).err()).flatten()?;
            Some(Violation::new(property.name(), detail))
        });
        let broken = broken.or_else(|| self.stage.monitor.violation());
        let broken = broken.or_else(|| self.stage.rejection.clone());
        if self.violation.is_none() {
            self.violation = broken;
        }
    }

    /// What must be so some time and is not so now.
    pub(crate) fn unkept(&self) -> impl Iterator<Item = Violation> {
        let properties = self.experiment.properties.iter();
        let eventual = properties.filter(|property| property.claim() == Claim::Eventually);
        let view = View::new(&self.processes, &self.stage.alive);
        eventual.filter_map(move |property| {
            let detail = property.judge(&view).err()?;
            Some(Violation::new(property.name(), detail))
        })
    }

    /// What is owed to somebody, as a phrase: something that must be so some time and is not, or
    /// to an application that waits to go on.
    pub(crate) fn owed(&self) -> Option<String> {
        let owed = self.unkept().next().map(|unkept| unkept.detail);
        let waits_in_vain = |id: &ProcessId| {
            let is_done = self.stage.applications[id.index()].is_done();
            let could_go_on = !self.stage.asked[id.index()].is_empty();
            self.stage.alive[id.index()] && !is_done && !could_go_on
        };
        let mut ids = ProcessId::all(self.experiment.scenario.processes);
        owed.or_else(|| Some(format!("process {} is not done", ids.find(waits_in_vain)?)))
    }

    pub(crate) fn is_at_rest(&mut self) -> bool {
        self.stage.next(self.may_omit).is_none()
    }

    /// No more is asked for: the run is over, if the system is at rest. If it isn't, what is bound
    /// to happen goes on, and must come to something.
    pub(crate) fn conclude(&mut self) {
        if self.violation.is_some() {
            return;
        }
        if self.is_at_rest() {
            let deadlock = self.owed().map(|detail| Violation::new("deadlock", detail));
            self.violation = deadlock.or_else(|| self.stage.monitor.violation_at_rest());
            return;
        }
        for _ in 0..LONG_ENOUGH {
            if self.owed().is_none() || !self.go_on() {
                self.violation = None; // Whatever it was, it was not asked for.
                return;
            }
        }
        self.violation = self.owed().map(|detail| Violation::new("liveness", detail));
    }

    /// Calls `go`, in which a process may panic.
    pub(crate) fn guarded(&mut self, go: impl FnOnce(&mut Self)) {
        if let Err(text) = trace::guard(|| go(self)) {
            let who = self.at_work.map_or(String::new(), |process| format!("process {process}: "));
            self.violation.get_or_insert(Violation::new("nobody panics", format!("{who}{text}")));
        }
    }
}
