//! A log for ShiViz, which draws what vector clocks say and lets one fold and search it.
//!
//! I. Beschastnikh, P. Wang, Y. Brun, M. D. Ernst, "Debugging Distributed Systems", CACM
//! 59(8):32–37, 2016, <https://doi.org/10.1145/2909480>. A log is given to it with the regular
//! expression by which it is read. It never hears of messages: an arrow is where a clock knows
//! more than the one before it. It refuses a log in which a process does not count 1, 2, 3 ….

use std::fmt::Write;

use crate::{Entry, Told, Trace, journey::Arrival, words::visible};

/// What ShiViz reads our logs by. The host comes first: then no text of an event, whatever
/// it says, can pass for a host and its clock.
const EXPRESSION: &str = r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)";

impl Trace {
    /// The log of this run for ShiViz, to be uploaded as a file.
    ///
    /// Its first line is the regular expression, its second one empty, as ShiViz has it; then
    /// each event has two, its clock and its text. Steps and crashes are events; steps that do
    /// nothing about a start or a link are left out, and clocks do not count them. What befell a
    /// message is nobody's event: it is told where the message was sent.
    ///
    /// ```
    /// use trace::Trace;
    ///
    /// let text = r#"{"header":{"schema":1,"lab":"echo","version":"0","arguments":[],
    ///     "driver":"simulator","noun":"site","processes":2,"incarnations":[0,0],"phases":[],
    ///     "seed":null,"scenario":null,"partitions":[]}}"#.replace('\n', "");
    /// let crash = r#"{"crash":{"at":2500000,"process":1}}"#;
    /// let trace = Trace::read(format!("{text}\n{crash}\n").as_bytes())?;
    /// assert!(trace.to_shiviz().ends_with("\n\nsite-1 {\"site-1\":1}\n2.5 ms: crashes\n"));
    /// # Ok::<(), trace::ReadError>(())
    /// ```
    pub fn to_shiviz(&self) -> String {
        let is_event = self.worth_showing(self.header.processes);
        let clocks = self.clocks_of(|at| is_event[at]);
        let hosts = self.hosts();
        let stopped = self.stopped();
        let mut log = format!("{EXPRESSION}\n\n");
        for (at, entry) in self.entries.iter().enumerate() {
            let (Some(vector), Some(owner)) = (clocks.vector(at), entry.owner()) else { continue };
            if !is_event[at] {
                continue;
            }
            let known = hosts.iter().zip(vector).filter(|(_, count)| **count > 0);
            let clock: Vec<_> = known.map(|(host, count)| format!("\"{host}\":{count}")).collect();
            let text = format!("{}: {}", self.moment(entry.at()), said(entry, &stopped[at]));
            let host = &hosts[owner.index()];
            write!(log, "{host} {{{}}}\n{}\n", clock.join(","), visible(&text))
                .expect("a string takes all that is written to it");
        }
        log
    }

    /// What processes are called: without spaces, and without what JSON would have to escape.
    fn hosts(&self) -> Vec<String> {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let noun: String = self.header.noun.chars().map(plain).collect();
        (0..self.header.processes).map(|process| format!("{noun}-{process}")).collect()
    }

    /// What befell the messages that each entry sent, as phrases.
    fn stopped(&self) -> Vec<Vec<String>> {
        let mut stopped = vec![Vec::new(); self.entries.len()];
        for journey in self.journeys(self.header.processes) {
            let mut tell = |fate| {
                stopped[journey.sent].push(format!("{} to {} {fate}", journey.text, journey.to));
            };
            for (_, arrival) in &journey.ends {
                match arrival {
                    Arrival::Received => {}
                    Arrival::Again => tell("arrives again"),
                    Arrival::Lost => tell("is lost"),
                    Arrival::Cut => tell("is cut off"),
                }
            }
        }
        stopped
    }
}

fn said(entry: &Entry<Told>, stopped: &[String]) -> String {
    let mut phrases = match entry {
        Entry::Step(told) => told.phrases(),
        _ => vec!["crashes".to_owned()],
    };
    phrases.extend_from_slice(stopped);
    phrases.join("; ")
}
