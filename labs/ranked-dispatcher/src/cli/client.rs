//! `client`: asks whoever sits there for commands, and runs those of others.

use lab::{
    Commands, Failure, Output,
    service::{Destination, Happening, Session},
};
use network::HUB;
use ranked_dispatcher::{Client, Event, Line, Refusal, Response, RunId, Task};
use tokio::{
    select,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use super::{
    Command, PORT, execute,
    told::{Answer, Assigned, Executing},
};

#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    destination: Destination,
    /// Print what comes of your commands, and how long it took
    #[arg(long)]
    results: bool,
}

pub(super) async fn run(options: Options, out: Output) -> Result<(), Failure> {
    let Options { destination, results } = options;
    let client = Client::new(HUB);
    let session = Session::begin(destination.dial(Command::NAME, PORT), client, out)?;
    let (done, finished) = unbounded_channel();
    let mut dialogue =
        Dialogue { session, results, is_ranked: false, unanswered: 0, done, finished };
    while !dialogue.is_ranked {
        dialogue.next().await?;
    }
    while let Some(line) = dialogue.ask("Enter command: ").await? {
        dialogue.on_line(line.trim())?;
    }
    // Whoever says nothing more waits for what he has asked for.
    let unanswered = dialogue.unanswered;
    if unanswered > 0 {
        let answers = if unanswered == 1 { "answer" } else { "answers" };
        let remark = format!("waiting for {unanswered} {answers}; Ctrl-C ends it");
        dialogue.session.conversation.remark(remark);
    }
    while dialogue.unanswered > 0 {
        dialogue.next().await?;
    }
    dialogue.session.close().await;
    Ok(())
}

/// Somebody at a prompt, and a client that works for others.
struct Dialogue {
    session: Session<Client>,
    /// Whether results are printed.
    results: bool,
    /// Whether its rank was told.
    is_ranked: bool,
    /// How many commands were given whose answer was not told yet.
    unanswered: u64,
    /// Where what was run is sent to.
    done: UnboundedSender<(RunId, Line)>,
    finished: UnboundedReceiver<(RunId, Line)>,
}

impl Dialogue {
    /// Asks whoever sits there, and goes on running what others ask for.
    async fn ask(&mut self, question: &str) -> Result<Option<String>, Failure> {
        self.session.conversation.ask(question)?;
        loop {
            if let Some(answer) = self.next().await? {
                return Ok(answer);
            }
        }
    }

    /// Has the next thing happen; what was answered, if that is it.
    async fn next(&mut self) -> Result<Option<Option<String>>, Failure> {
        let happening = select! {
            happening = self.session.next() => happening?,
            Some((run, text)) = self.finished.recv() => {
                self.session.dial.command(ranked_dispatcher::Command::Done { run, text });
                return Ok(None);
            }
        };
        match happening {
            Happening::Answer(answer) => return Ok(Some(answer)),
            Happening::Event(event) => self.on_event(event)?,
        }
        Ok(None)
    }

    fn on_line(&mut self, line: &str) -> Result<(), Failure> {
        let command = match line {
            "" => return Ok(()),
            "STATUS" => ranked_dispatcher::Command::Status,
            line => match line.parse::<Task>() {
                Ok(task) => {
                    self.unanswered += 1;
                    ranked_dispatcher::Command::Ask(task)
                }
                Err(refusal) => return self.tell_answer(&Response::Refused(refusal)),
            },
        };
        self.session.dial.command(command);
        Ok(())
    }

    fn on_event(&mut self, event: Event) -> Result<(), Failure> {
        match event {
            Event::Ranked(rank) => {
                self.is_ranked = true;
                self.session.conversation.tell(&Assigned { rank })
            }
            Event::Run { run, task, .. } => {
                let executing = &execute::while_running(&task);
                let told = Executing { task: &task, executing };
                self.session.conversation.tell_below(&told)?;
                execute::run(run, task, self.done.clone());
                Ok(())
            }
            Event::Answered(Response::Refused(refusal @ Refusal::Full { .. })) => {
                Err(Failure::Failed(refusal.to_string()))
            }
            Event::Answered(response) => {
                let is_result = matches!(response, Response::Result { .. });
                let is_refusal = matches!(&response, Response::Refused(it) if it.is_an_answer());
                self.unanswered -= u64::from(is_result || is_refusal);
                if is_result && !self.results { Ok(()) } else { self.tell_answer(&response) }
            }
            // The session ends by itself.
            Event::Disconnected { .. } | Event::NotSent(_) => Ok(()),
        }
    }

    fn tell_answer(&mut self, response: &Response) -> Result<(), Failure> {
        self.session.conversation.tell(&Answer { response })
    }
}
