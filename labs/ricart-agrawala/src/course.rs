//! The course's exercise: some sites ask, all before any request is delivered, and each of the
//! others replies or defers. The answers come out of the real algorithm.
//!
//! The course numbers sites from 1.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
    time::Duration,
};

use lab::{
    Failure, Output, Prompt, Verdict,
    mutual_exclusion::{Course, Links, Stage, Staging},
    whole_number,
};
use mutual_exclusion::{Command, Event, MutualExclusion, Workload};
use protocol::{Effect, EffectOf, Input, InputOf, Inside, Monitor, ProcessId, Reliable};
use ricart_agrawala::{Message, Site};
use scenario::Scenario;
use simulator::Experiment;

/// What the student may say on the command line; the rest is asked for.
#[derive(clap::Args)]
pub(crate) struct Exercise {
    /// How many sites there are
    #[arg(long, value_parser = whole_number(1..=scenario::MAX_PROCESSES))]
    sites: Option<u32>,
    /// A site that wants to enter, from 1, and the timestamp of its request (may be repeated)
    #[arg(long, value_name = "SITE@TIMESTAMP")]
    request: Vec<Request>,
}

/// A site, from 1, that wants to enter.
#[derive(Clone, Copy)]
struct Request {
    site: u32,
    timestamp: u32,
}

/// Who takes part, and who asks.
struct Cast {
    sites: u32,
    requests: Vec<Request>,
}

impl Course for Exercise {
    /// The student's numbers, in the simulator.
    async fn scenario(&self, links: Links, out: Output) -> Result<(), Failure> {
        let cast = Cast::complete(self, out)?;
        let answers = if links.reliable {
            let behind = |me, incarnation| Reliable::new(cast.site(me), incarnation);
            simulate(&cast, &behind, Inside(Answers::default()))?.0
        } else {
            simulate(&cast, &|me, _incarnation| cast.site(me), Answers::default())?
        };
        answers.tell(&cast, out)
    }

    /// The course's numbers; then everybody goes on until each of the five sites has entered ten
    /// times.
    async fn demo(staging: Staging, out: Output) -> Result<Verdict, Failure> {
        let requests = vec![Request { site: 3, timestamp: 2 }, Request { site: 1, timestamp: 1 }];
        let cast = Cast { sites: 5, requests };
        let site = |me| cast.site(me);
        let mut stage =
            Stage::open("ricart-agrawala", cast.sites, staging, site, Answers::default())?;
        for request in &cast.requests {
            stage.command(request.id(), Command::Enter);
        }
        loop {
            let told = stage.rest().await?;
            match told.iter().find(|(_, event)| *event == Event::Entered) {
                Some(&(inside, _)) => stage.command(inside, Command::Leave),
                None => break,
            }
        }
        stage.look(|answers| answers.tell(&cast, out))?;
        let has_entered = |site| u32::from(cast.timestamp(site) > 0);
        stage.work(ProcessId::all(cast.sites).map(|site| 10 - has_entered(site)).collect()).await?;
        out.line("")?;
        stage.close().await
    }
}

/// Has everybody who asks enter once, and returns what `monitor` has seen of it.
fn simulate<P: MutualExclusion<Message: Clone>, M: Monitor<P>>(
    cast: &Cast,
    site: &(dyn Fn(ProcessId, u64) -> P + Sync),
    monitor: M,
) -> Result<M, Failure> {
    let scenario = Scenario::new(cast.sites, ());
    let experiment = Experiment {
        scenario: &scenario,
        properties: &[mutual_exclusion::safety(), mutual_exclusion::liveness()],
        process: site,
        application: &|me| {
            let entries = u32::from(cast.timestamp(me) > 0);
            Workload::high_contention(entries).worker()
        },
    };
    let run = experiment.run(0, monitor);
    match run.failure {
        None => Ok(run.monitor),
        Some(failure) => Err(Failure::Failed(failure.to_string())),
    }
}

impl Request {
    fn id(self) -> ProcessId {
        ProcessId(self.site - 1)
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('@');
        let request = parts.and_then(|(site, timestamp)| {
            Some(Self { site: site.parse().ok()?, timestamp: timestamp.parse().ok()? })
        });
        request.ok_or_else(|| "write a site and its timestamp, as in 3@2".to_owned())
    }
}

impl Cast {
    /// What the student said, and what he answers when asked for the rest.
    fn complete(exercise: &Exercise, out: Output) -> Result<Self, Failure> {
        let mut cast = Self { sites: 0, requests: exercise.request.clone() };
        if let (Some(sites), false) = (exercise.sites, cast.requests.is_empty()) {
            cast.sites = sites;
        } else {
            cast.ask(exercise.sites, out)?;
        }
        cast.check()?;
        Ok(cast)
    }

    fn ask(&mut self, sites: Option<u32>, out: Output) -> Result<(), Failure> {
        let mut prompt = Prompt::new(out)?;
        self.sites = match sites {
            Some(sites) => sites,
            None => prompt.number("Enter number of sites: ", 1..=scenario::MAX_PROCESSES)?,
        };
        if !self.requests.is_empty() {
            return Ok(());
        }
        let question = "Enter number of sites which want to enter critical section: ";
        for _ in 0..prompt.number(question, 0..=self.sites)? {
            let timestamp = prompt.number("Enter timestamp: ", 1..=u32::MAX)?;
            let site = prompt.number("Enter site number: ", 1..=self.sites)?;
            self.requests.push(Request { site, timestamp });
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Failure> {
        let wrong = |text| Err(Failure::Usage(text));
        let mut asking = BTreeSet::new();
        for &Request { site, timestamp } in &self.requests {
            if !(1..=self.sites).contains(&site) {
                return wrong(format!("there is no site {site}: from 1 to {}", self.sites));
            }
            if timestamp == 0 {
                return wrong(format!("site {site} asks with timestamp 0: timestamps start at 1"));
            }
            if !asking.insert(site) {
                return wrong(format!("site {site} asks twice: a site has one request at a time"));
            }
        }
        Ok(())
    }

    /// The timestamp of the site's request; 0 if it makes none.
    fn timestamp(&self, site: ProcessId) -> u32 {
        let of = |request: &&Request| request.id() == site;
        self.requests.iter().find(of).map_or(0, |request| request.timestamp)
    }

    /// A site whose first request has the timestamp that it should have.
    fn site(&self, me: ProcessId) -> Site {
        let seen = u64::from(self.timestamp(me).saturating_sub(1));
        Site::having_seen(seen, me, me.peers(self.sites))
    }
}

/// Who answered what, and who entered in which order.
#[derive(Default)]
struct Answers {
    /// Whether the second replied to the first's request at once.
    replied: BTreeMap<(ProcessId, ProcessId), bool>,
    /// Whose request is being delivered to whom.
    delivering: Option<(ProcessId, ProcessId)>,
    entered: Vec<ProcessId>,
}

impl Monitor<Site> for Answers {
    fn on_input(&mut self, _now: Duration, at: ProcessId, _site: &Site, input: &InputOf<Site>) {
        self.delivering = match input {
            Input::Message { from, message: Message::Request { .. } } => Some((*from, at)),
            _ => None,
        };
        if let Some(request) = self.delivering {
            self.replied.insert(request, false);
        }
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<Site>) {
        match effect {
            Effect::Send { to, message: Message::Reply } if self.delivering == Some((*to, by)) => {
                self.replied.insert((*to, by), true);
            }
            Effect::Emit(Event::Entered) => self.entered.push(by),
            _ => {}
        }
    }
}

impl Answers {
    /// Prints what the course's students know.
    fn tell(&self, cast: &Cast, out: Output) -> Result<(), Failure> {
        let number = |site: ProcessId| site.0 + 1;
        out.line("Sites and Timestamp:")?;
        for site in ProcessId::all(cast.sites) {
            out.line(format_args!("{} {}", number(site), cast.timestamp(site)))?;
        }
        out.line("")?;
        for request in &cast.requests {
            out.line(format_args!("Request from site: {}", request.site))?;
            for other in request.id().peers(cast.sites) {
                let replied = self.replied.get(&(request.id(), other)) == Some(&true);
                let answer = if replied { "Replied" } else { "Deferred" };
                out.line(format_args!("{} {answer}", number(other)))?;
            }
            out.line("")?;
        }
        out.line("")?;
        for (i, &site) in self.entered.iter().enumerate() {
            match i {
                0 => {}
                1 => out.line("\nSimilarly,\n")?,
                _ => out.line("")?,
            }
            out.line(format_args!("Site {} entered Critical Section", number(site)))?;
        }
        self.record(cast, out)
    }

    /// The same for programs.
    fn record(&self, cast: &Cast, out: Output) -> Result<(), Failure> {
        #[derive(serde::Serialize)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        enum Record {
            Request { site: u32, timestamp: u32, replied: Vec<u32>, deferred: Vec<u32> },
            Entered { site: u32 },
        }
        for &request in &cast.requests {
            let of_this = |(&(from, to), &replied): (&(ProcessId, ProcessId), &bool)| {
                (from == request.id()).then_some((to.0 + 1, replied))
            };
            let answers = self.replied.iter().filter_map(of_this);
            let (replied, deferred): (Vec<_>, Vec<_>) = answers.partition(|&(_, replied)| replied);
            let sites =
                |answers: Vec<(u32, bool)>| answers.into_iter().map(|(site, _)| site).collect();
            let (replied, deferred) = (sites(replied), sites(deferred));
            let Request { site, timestamp } = request;
            out.record(&Record::Request { site, timestamp, replied, deferred })?;
        }
        for site in &self.entered {
            out.record(&Record::Entered { site: site.0 + 1 })?;
        }
        Ok(())
    }
}
