//! One run: the loop that takes what is next from the agenda and lets it happen.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use protocol::{
    Application, Claim, Effect, EffectOf, Fate, Input, InputOf, Link, Monitor, Outbox, Plan,
    Process, ProcessId, Property, View, Violation,
};
use scenario::{Crash, Dice, Partition, Scenario};

use crate::{
    Experiment, Failure, Fates, Run,
    agenda::Agenda,
    clock::Clock,
    links::{Network, nanoseconds},
};

/// A run under way.
pub(crate) struct Simulation<'a, P: Process, A, M, W> {
    experiment: &'a Experiment<'a, P, A, W>,
    /// Every process, the dead among them.
    processes: Vec<P>,
    surroundings: Surroundings<'a, P, A, M>,
    /// Whoever is taking a step, or took the last one.
    at_work: Option<ProcessId>,
    steps: u64,
    /// The properties that every state must have.
    always: Vec<&'a Property<P>>,
    /// The properties that some state must have and none has had yet.
    unseen: Vec<&'a Property<P>>,
    seen: Vec<&'static str>,
    failure: Option<Failure>,
}

/// Whatever is around the processes and takes their effects.
struct Surroundings<'a, P: Process, A, M> {
    /// The virtual time, in nanoseconds since the start.
    now: u64,
    agenda: Agenda<Happening<'a, P>>,
    dice: Dice,
    network: Network,
    applications: Vec<A>,
    monitor: M,
    /// Of each process: its own clock, its timers, whether and for which time it lives.
    clocks: Vec<Clock>,
    timers: Vec<Timers<P::Timer>>,
    alive: Vec<bool>,
    incarnations: Vec<u64>,
    fates: Fates,
    tolerates_rejections: bool,
    /// A rejection that is not tolerated.
    rejection: Option<Violation>,
}

/// The timers of a process that are set, each with the number of its setting: one that was
/// cancelled or set again since runs out for nothing.
struct Timers<T> {
    set: BTreeMap<T, u64>,
    settings: u64,
}

/// What the agenda holds.
enum Happening<'a, P: Process> {
    Arrival {
        from: ProcessId,
        to: ProcessId,
        connection: u32,
        message: P::Message,
    },
    Command {
        at: ProcessId,
        incarnation: u64,
        command: P::Command,
    },
    Timeout {
        at: ProcessId,
        incarnation: u64,
        timer: P::Timer,
        setting: u64,
    },
    /// The end of a connection reaches one of its ends.
    Hangup {
        from: ProcessId,
        to: ProcessId,
        connection: u32,
    },
    PartitionBegins(&'a Partition),
    PartitionHeals(&'a Partition),
    Death(&'a Crash),
    Rebirth(ProcessId),
}

impl<'a, P, A, M, W> Simulation<'a, P, A, M, W>
where
    P: Process<Message: Clone>,
    A: Application<P>,
    M: Monitor<P>,
{
    pub(crate) fn new(experiment: &'a Experiment<'a, P, A, W>, seed: u64, monitor: M) -> Self {
        let scenario = experiment.scenario;
        let ids = || ProcessId::all(scenario.processes);
        let those =
            |claim| experiment.properties.iter().filter(move |property| property.claim() == claim);
        Self {
            experiment,
            processes: ids().map(|id| (experiment.process)(id, 0)).collect(),
            surroundings: Surroundings {
                now: 0,
                agenda: planned(scenario),
                dice: Dice::new(seed),
                network: Network::new(scenario.links, scenario.processes),
                applications: ids().map(experiment.application).collect(),
                monitor,
                clocks: Clock::all(scenario.processes, &scenario.clocks),
                timers: ids().map(|_| Timers::new()).collect(),
                alive: ids().map(|_| true).collect(),
                incarnations: ids().map(|_| 0).collect(),
                fates: Fates::default(),
                tolerates_rejections: scenario.tolerate_rejections,
                rejection: None,
            },
            at_work: None,
            steps: 0,
            always: those(Claim::Always).collect(),
            unseen: those(Claim::Sometimes).collect(),
            seen: Vec::new(),
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
        for (a, b) in ids().flat_map(|a| ids().map(move |b| (a, b))) {
            self.come_up(a, b);
        }
        for id in ids() {
            self.surroundings.start_application(id);
        }
    }

    fn let_happen(&mut self, place: u64, happening: Happening<'a, P>) {
        match happening {
            Happening::Arrival { from, to, connection, message } => {
                if self.surroundings.admits(place, from, to, connection, &message) {
                    self.step(to, Input::Message { from, message });
                }
            }
            Happening::Command { at, incarnation, command } => {
                if self.surroundings.lives(at, incarnation) {
                    self.step(at, Input::Command(command));
                }
            }
            Happening::Timeout { at, incarnation, timer, setting } => {
                if self.surroundings.lives(at, incarnation)
                    && self.surroundings.timers[at.index()].runs_out(&timer, setting)
                {
                    self.step(at, Input::Timer(timer));
                }
            }
            Happening::Hangup { from, to, connection } => {
                if self.surroundings.network.channel(from, to).connection == connection {
                    self.go_down(from, to);
                }
            }
            Happening::PartitionBegins(partition) => self.divide(partition, true),
            Happening::PartitionHeals(partition) => self.divide(partition, false),
            Happening::Death(crash) => self.kill(crash),
            Happening::Rebirth(process) => self.revive(process),
        }
    }

    /// Gives `process` one input, and looks at what has become of the system.
    fn step(&mut self, process: ProcessId, input: InputOf<P>) {
        self.at_work = Some(process);
        self.steps += 1;
        let around = &mut self.surroundings;
        let now = Duration::from_nanos(around.now);
        around.monitor.on_input(now, process, &input);
        let own_now = around.clocks[process.index()].shows(now);
        let mut sink = |effect| around.take(process, effect);
        self.processes[process.index()].step(input, &mut Outbox::new(own_now, &mut sink));
        self.judge();
    }

    fn judge(&mut self) {
        let alive = &self.surroundings.alive;
        let view = View { processes: &self.processes, alive, moved: self.at_work };
        for property in &self.always {
            if let Err(detail) = property.judge(&view) {
                return self.fail(Violation::new(property.name(), detail));
            }
        }
        if !self.unseen.is_empty() {
            let seen = self.unseen.extract_if(.., |property| property.judge(&view).is_ok());
            self.seen.extend(seen.map(Property::name));
        }
        if let Some(violation) = self.surroundings.monitor.violation() {
            self.fail(violation);
        } else if let Some(violation) = &self.surroundings.rejection {
            self.fail(violation.clone());
        } else if self.steps >= self.experiment.scenario.max_steps {
            let detail = format!("{} steps were not enough", self.steps);
            self.fail(Violation::new("liveness", detail));
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
        self.fail(Violation::new("no panic", detail));
    }

    pub(crate) fn into_run(self) -> Run<M> {
        Run {
            failure: self.failure,
            ended_at: Duration::from_nanos(self.surroundings.now),
            steps: self.steps,
            fates: self.surroundings.fates,
            seen: self.seen,
            monitor: self.surroundings.monitor,
        }
    }
}

/// Connections, partitions, crashes.
impl<'a, P, A, M, W> Simulation<'a, P, A, M, W>
where
    P: Process<Message: Clone>,
    A: Application<P>,
    M: Monitor<P>,
{
    /// The channel from `from` comes up at `to`, if nothing is in its way.
    fn come_up(&mut self, from: ProcessId, to: ProcessId) {
        let around = &mut self.surroundings;
        let incarnation = around.incarnations[from.index()];
        let is_refused = !P::REJOINS && (incarnation > 0 || around.incarnations[to.index()] > 0);
        let both_live = around.alive[from.index()] && around.alive[to.index()];
        let is_linked = around.network.has(from, to);
        let channel = around.network.channel(from, to);
        if channel.is_up || channel.breaks > 0 || is_refused || !both_live || !is_linked {
            return;
        }
        channel.is_up = true;
        channel.connection += 1;
        let link = Link::Up { addr: made_up_address(from), incarnation };
        self.step(to, Input::Link { peer: from, link });
    }

    /// The channel from `from` goes down at `to`. What was under way in it is cut.
    fn go_down(&mut self, from: ProcessId, to: ProcessId) {
        let channel = self.surroundings.network.channel(from, to);
        if channel.is_up {
            channel.is_up = false;
            if self.surroundings.alive[to.index()] {
                self.step(to, Input::Link { peer: from, link: Link::Down });
            }
        }
    }

    fn divide(&mut self, partition: &Partition, begins: bool) {
        let size = self.experiment.scenario.processes;
        let pairs = ProcessId::all(size).flat_map(|a| ProcessId::all(size).map(move |b| (a, b)));
        for (from, to) in pairs.filter(|&(from, to)| partition.cuts(from, to)) {
            let channel = self.surroundings.network.channel(from, to);
            let count = if partition.noticed { &mut channel.breaks } else { &mut channel.cuts };
            *count = if begins { *count + 1 } else { *count - 1 };
            if partition.noticed && begins {
                self.go_down(from, to);
            } else if partition.noticed {
                self.come_up(from, to);
            }
        }
    }

    fn kill(&mut self, crash: &Crash) {
        let who = crash.process;
        let around = &mut self.surroundings;
        around.alive[who.index()] = false;
        around.timers[who.index()] = Timers::new();
        around.monitor.on_crash(Duration::from_nanos(around.now), who);
        for peer in who.peers(self.experiment.scenario.processes) {
            around.network.channel(peer, who).is_up = false;
            if crash.noticed {
                around.hang_up(who, peer);
            }
        }
        self.judge();
    }

    fn revive(&mut self, who: ProcessId) {
        let around = &mut self.surroundings;
        around.alive[who.index()] = true;
        around.incarnations[who.index()] += 1;
        let incarnation = around.incarnations[who.index()];
        self.processes[who.index()] = (self.experiment.process)(who, incarnation);
        around.applications[who.index()] = (self.experiment.application)(who);
        self.step(who, Input::Start);
        for peer in who.peers(self.experiment.scenario.processes) {
            self.go_down(who, peer);
            self.come_up(who, peer);
            self.come_up(peer, who);
        }
        self.surroundings.start_application(who);
    }
}

impl<P, A, M> Surroundings<'_, P, A, M>
where
    P: Process<Message: Clone>,
    A: Application<P>,
    M: Monitor<P>,
{
    fn lives(&self, who: ProcessId, incarnation: u64) -> bool {
        self.alive[who.index()] && self.incarnations[who.index()] == incarnation
    }

    /// Takes what a process wants, in the middle of its step.
    fn take(&mut self, by: ProcessId, effect: EffectOf<P>) {
        self.monitor.on_effect(Duration::from_nanos(self.now), by, &effect);
        match effect {
            Effect::Send { to, message } => self.transmit(by, to, message),
            Effect::Emit(event) => {
                self.with_plan(by, |application, plan| application.on_event(&event, plan));
            }
            Effect::SetTimer { timer, after } => {
                let moment = self.now + nanoseconds(self.clocks[by.index()].lasts(after));
                let setting = self.timers[by.index()].set(timer.clone());
                let incarnation = self.incarnations[by.index()];
                self.agenda.put(moment, Happening::Timeout { at: by, incarnation, timer, setting });
            }
            Effect::CancelTimer(timer) => {
                self.timers[by.index()].set.remove(&timer);
            }
            Effect::Close(peer) => {
                self.hang_up(by, peer);
                let connection = self.network.channel(peer, by).connection;
                let hangup = Happening::Hangup { from: peer, to: by, connection };
                self.agenda.put(self.now, hangup);
            }
            Effect::Reject { peer, why } => {
                if !self.tolerates_rejections {
                    let detail = format!("process {by} rejects what process {peer} did: {why}");
                    self.rejection.get_or_insert(Violation::new("no rejection", detail));
                }
            }
        }
    }

    fn start_application(&mut self, of: ProcessId) {
        self.with_plan(of, Application::on_start);
    }

    fn with_plan(&mut self, of: ProcessId, ask: impl FnOnce(&mut A, &mut Plan<P::Command>)) {
        let Self { now, agenda, dice, applications, incarnations, .. } = self;
        let incarnation = incarnations[of.index()];
        let mut sink = |after, command| {
            let moment = *now + dice.draw_nanoseconds(&after);
            agenda.put(moment, Happening::Command { at: of, incarnation, command });
        };
        ask(&mut applications[of.index()], &mut Plan::new(&mut sink));
    }

    /// Sends a message on its way, if there is one.
    fn transmit(&mut self, from: ProcessId, to: ProcessId, message: P::Message) {
        self.fates.sent += 1;
        let channel = *self.network.channel(from, to);
        if !channel.carries(channel.connection) {
            return self.meets(from, to, &message, Fate::Cut);
        }
        if self.network.loses(&mut self.dice) {
            return self.meets(from, to, &message, Fate::Lost);
        }
        if self.network.duplicates(&mut self.dice) {
            self.meets(from, to, &message, Fate::Duplicated);
            self.put_arrival(from, to, channel.connection, message.clone());
        }
        self.put_arrival(from, to, channel.connection, message);
    }

    fn put_arrival(
        &mut self,
        from: ProcessId,
        to: ProcessId,
        connection: u32,
        message: P::Message,
    ) {
        let moment = self.network.arrival(self.now, from, to, &mut self.dice);
        self.agenda.put(moment, Happening::Arrival { from, to, connection, message });
    }

    /// Whether a message that has come to the end of its way is delivered.
    fn admits(
        &mut self,
        place: u64,
        from: ProcessId,
        to: ProcessId,
        connection: u32,
        message: &P::Message,
    ) -> bool {
        let channel = self.network.channel(from, to);
        if !channel.carries(connection) {
            self.meets(from, to, message, Fate::Cut);
            return false;
        }
        if channel.is_overtaken(place) {
            self.meets(from, to, message, Fate::Overtaken);
        }
        self.fates.delivered += 1;
        true
    }

    fn meets(&mut self, from: ProcessId, to: ProcessId, message: &P::Message, fate: Fate) {
        self.fates.count(fate);
        self.monitor.on_fate(Duration::from_nanos(self.now), from, to, message, fate);
    }

    /// The connection ends at `from`; the other end learns of it after what was sent before.
    fn hang_up(&mut self, from: ProcessId, to: ProcessId) {
        let arrival = self.network.arrival(self.now, from, to, &mut self.dice);
        let channel = self.network.channel(from, to);
        let (moment, connection) = (arrival.max(channel.last_arrival), channel.connection);
        if channel.is_up {
            self.agenda.put(moment, Happening::Hangup { from, to, connection });
        }
    }
}

impl<T: Ord> Timers<T> {
    fn new() -> Self {
        Self { set: BTreeMap::new(), settings: 0 }
    }

    fn set(&mut self, timer: T) -> u64 {
        self.settings += 1;
        self.set.insert(timer, self.settings);
        self.settings
    }

    /// Whether this setting of `timer` is the one that counts; it is over then.
    fn runs_out(&mut self, timer: &T, setting: u64) -> bool {
        let counts = self.set.get(timer) == Some(&setting);
        if counts {
            self.set.remove(timer);
        }
        counts
    }
}

/// The faults that the scenario has at fixed moments.
fn planned<'a, P: Process, W>(scenario: &'a Scenario<W>) -> Agenda<Happening<'a, P>> {
    let mut agenda = Agenda::new(scenario.links.delay.mean());
    for partition in &scenario.partitions {
        agenda.put(nanoseconds(partition.from), Happening::PartitionBegins(partition));
        if let Some(until) = partition.until {
            agenda.put(nanoseconds(until), Happening::PartitionHeals(partition));
        }
    }
    for crash in &scenario.crashes {
        agenda.put(nanoseconds(crash.at), Happening::Death(crash));
        if let Some(restart) = crash.restart {
            agenda.put(nanoseconds(restart), Happening::Rebirth(crash.process));
        }
    }
    agenda
}

/// Where a simulated process is said to be: 10.0.0.0 and so on, port 1.
fn made_up_address(process: ProcessId) -> SocketAddr {
    const TEN: u32 = 10 << 24;
    SocketAddr::new(IpAddr::V4(Ipv4Addr::from(TEN + process.0)), 1)
}
