//! `client`: asks whoever sits there what to ask for.

use std::time::Duration;

use lab::{
    Commands, Failure, Output, duration,
    service::{Destination, Happening, Session},
};
use network::HUB;
use semaphore::{Client, Code, Event, Name, Refusal, Request, Response};

use super::{A_DAY, Command, PORT, SHORTEST_HEARTBEAT, heard::Heard};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// What to call this terminal
    #[arg(default_value = "1")]
    label: String,
    #[command(flatten)]
    destination: Destination,
    /// Be told the tokens of grants
    #[arg(long)]
    fenced: bool,
    /// How often to tell the server that this client lives, while it has something to lose
    #[arg(long, value_name = "DURATION", default_value = "1s")]
    #[arg(value_parser = duration(SHORTEST_HEARTBEAT..=A_DAY))]
    heartbeat: Duration,
}

pub(super) async fn run(options: Options, out: Output) -> Result<(), Failure> {
    let Options { label, destination, fenced, heartbeat } = options;
    let client = Client::new(HUB, None, Some(heartbeat));
    let session = Session::begin(destination.dial(Command::NAME, PORT), client, out)?;
    let mut dialogue = Dialogue { label, session };
    dialogue.until_connected().await?;
    if let Some(name) = dialogue.introduce(fenced).await? {
        while let Some(line) = dialogue.ask(&dialogue.command_question()).await? {
            match line.parse() {
                Ok(Request::Hello { .. }) => dialogue.tell(&Refusal::named(&name).into())?,
                Ok(request) => dialogue.request(request).await?,
                Err(refusal) => dialogue.tell(&refusal.into())?,
            }
        }
        dialogue.until_granted().await?;
    }
    dialogue.session.close().await;
    Ok(())
}

/// Somebody at a prompt, and a client.
struct Dialogue {
    /// The terminal's.
    label: String,
    session: Session<Client>,
}

impl Dialogue {
    fn command_question(&self) -> String {
        format!("Client {} - Enter command (ACQUIRE/RELEASE) and semaphore name: ", self.label)
    }

    async fn until_connected(&mut self) -> Result<(), Failure> {
        while !matches!(self.session.next().await?, Happening::Event(Event::Connected)) {}
        Ok(())
    }

    /// Asks for a name until the server has taken one; none if nobody answers.
    async fn introduce(&mut self, fenced: bool) -> Result<Option<Name>, Failure> {
        let question = format!("Client {} - Enter unique name: ", self.label);
        while let Some(answer) = self.ask(&question).await? {
            let name = match Name::new(answer.trim()) {
                Ok(name) => name,
                Err(refusal) => {
                    self.tell(&refusal.into())?;
                    continue;
                }
            };
            self.session.dial.command(Request::Hello { name: name.clone(), fenced });
            // A `HELLO` is accepted in silence; an answer to what comes after it says that it was.
            self.answer_to(Request::Ping).await?;
            if self.session.dial.with(Client::has_name) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Asks whoever sits there, and tells him meanwhile what the client hears.
    async fn ask(&mut self, question: &str) -> Result<Option<String>, Failure> {
        self.session.conversation.ask(question)?;
        loop {
            match self.session.next().await? {
                Happening::Answer(line) => return Ok(line),
                Happening::Event(event) => self.on_event(event)?,
            }
        }
    }

    /// Asks the server, and tells what it answers.
    async fn request(&mut self, request: Request) -> Result<(), Failure> {
        let answer = self.answer_to(request).await?;
        self.tell(&answer)
    }

    /// What the server answers. What else it says before that is told.
    async fn answer_to(&mut self, request: Request) -> Result<Response, Failure> {
        let is_ping = request == Request::Ping;
        self.session.dial.command(request);
        loop {
            match self.session.next().await? {
                // Or that of a heartbeat, which is as good.
                Happening::Event(Event::Answered(response))
                    if is_ping == (response == Response::Pong) =>
                {
                    return Ok(response);
                }
                Happening::Event(event) => self.on_event(event)?,
                Happening::Answer(_) => {} // To what was not asked.
            }
        }
    }

    /// Whoever says nothing more waits for what he has asked for.
    async fn until_granted(&mut self) -> Result<(), Failure> {
        let mut waits = self.session.dial.with(|client| client.waits().clone());
        if !waits.is_empty() {
            let names: Vec<&str> = waits.iter().map(Name::as_str).collect();
            let remark = format!("waiting for {}; Ctrl-C ends it", names.join(", "));
            self.session.conversation.remark(remark);
        }
        while !waits.is_empty() {
            let Happening::Event(event) = self.session.next().await? else { continue };
            if let Event::Told(response) = &event
                && let Some(semaphore) = response.ended_wait()
            {
                waits.remove(&semaphore);
            }
            self.on_event(event)?;
        }
        Ok(())
    }

    fn on_event(&mut self, event: Event) -> Result<(), Failure> {
        match event {
            Event::Answered(Response::Pong) => Ok(()),
            Event::Told(Response::Refused(refusal)) if refusal.code == Code::Expired => {
                Err(Failure::Failed(format!("{}, by a shorter --heartbeat", refusal.text)))
            }
            Event::Answered(response) | Event::Told(response) => self.tell(&response),
            // The session ends by itself.
            Event::Connected | Event::Disconnected { .. } | Event::NotSent(_) => Ok(()),
        }
    }

    fn tell(&mut self, response: &Response) -> Result<(), Failure> {
        self.session.conversation.tell(&Heard { client: &self.label, response })
    }
}
