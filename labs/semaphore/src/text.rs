//! The text wire: a line is a message. Anybody with `nc` is a full client.
//!
//! A line is taken apart at its spaces and nothing is ever cut off: what is not understood is
//! refused with a line that says what would be.

use alloc::vec::Vec;
use core::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use crate::{Account, Code, Message, Name, Refusal, Request, Response, Token};

const REQUESTS: &str = "HELLO, ACQUIRE, TRY, RELEASE, STATUS or PING";
const HELLO: &str = "HELLO <name> [FENCED]";
const ACQUIRE: &str = "ACQUIRE <semaphore> [TIMEOUT <ms>]";
const TIMEOUT: &str =
    "ACQUIRE <semaphore> TIMEOUT <ms>, where <ms> is a whole number up to 4294967295";
const TRY: &str = "TRY <semaphore>";
const RELEASE: &str = "RELEASE <semaphore>";

const RESPONSES: &str = "LOCK_ACQUIRED, WAIT, LOCK_RELEASED, ERROR, SEMAPHORE, STATUS or PONG";
const ACQUIRED: &str = "LOCK_ACQUIRED <semaphore> [<token>]";
const ANNOUNCED: &str = "Client <name> (<address>, <port>) released semaphore <semaphore>";
const ACCOUNT: &str = "SEMAPHORE <name> PERMITS <number> WAITING <number> HOLDERS <names>";

/// What a line says, of whichever side. A side that knows what it may hear had better parse a
/// [`Request`] or a [`Response`].
///
/// ```
/// use semaphore::{Message, Name, Request};
///
/// let semaphore = Name::new("printer")?;
/// let message = semaphore::parse("ACQUIRE printer TIMEOUT 500\r")?;
/// let request = Request::Acquire { semaphore, timeout_ms: Some(500) };
/// assert_eq!(message, Message::Request(request));
///
/// let refusal = semaphore::parse("TRY").unwrap_err();
/// assert_eq!(refusal.to_string(), "ERROR USAGE `TRY`: say TRY <semaphore>");
/// # Ok::<(), semaphore::Refusal>(())
/// ```
///
/// # Errors
/// When it says nothing that either side would: the line to answer with.
pub fn parse(line: &str) -> Result<Message, Refusal> {
    let request = match line.parse::<Request>() {
        Err(refusal) if refusal.code != Code::BadName => refusal,
        known => return known.map(Message::Request),
    };
    line.parse::<Response>().map(Message::Response).map_err(|response| {
        // Of two complaints, the one that knew the verb.
        if request.code == Code::UnknownVerb && response.code != Code::UnknownVerb {
            response
        } else {
            request
        }
    })
}

impl FromStr for Request {
    type Err = Refusal;

    fn from_str(line: &str) -> Result<Self, Refusal> {
        // Whatever has five is none of them.
        let mut room = [""; 5];
        let filled = room.iter_mut().zip(line.split_ascii_whitespace());
        let count = filled.map(|(place, word)| *place = word).count();
        let words = &room[..count];
        let usage = |right| Err(Refusal::usage(line.trim_ascii(), right));
        Ok(match *words {
            ["HELLO", name] => Self::Hello { name: Name::new(name)?, fenced: false },
            ["HELLO", name, "FENCED"] => Self::Hello { name: Name::new(name)?, fenced: true },
            ["HELLO", ..] => return usage(HELLO),
            ["ACQUIRE", semaphore] => {
                Self::Acquire { semaphore: Name::new(semaphore)?, timeout_ms: None }
            }
            ["ACQUIRE", semaphore, "TIMEOUT", ms] => {
                let Ok(ms) = ms.parse() else { return usage(TIMEOUT) };
                Self::Acquire { semaphore: Name::new(semaphore)?, timeout_ms: Some(ms) }
            }
            ["ACQUIRE", ..] => return usage(ACQUIRE),
            ["TRY", semaphore] => Self::Try { semaphore: Name::new(semaphore)? },
            ["TRY", ..] => return usage(TRY),
            ["RELEASE", semaphore] => Self::Release { semaphore: Name::new(semaphore)? },
            ["RELEASE", ..] => return usage(RELEASE),
            ["STATUS"] => Self::Status,
            ["STATUS", ..] => return usage("STATUS"),
            ["PING"] => Self::Ping,
            ["PING", ..] => return usage("PING"),
            _ => return Err(unknown_verb(words, REQUESTS)),
        })
    }
}

impl FromStr for Response {
    type Err = Refusal;

    fn from_str(line: &str) -> Result<Self, Refusal> {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let Some((&verb, rest)) = words.split_first() else {
            return Err(unknown_verb(&words, RESPONSES));
        };
        let (right, read) = match verb {
            "LOCK_ACQUIRED" => (ACQUIRED, acquired(rest)),
            "WAIT" => ("WAIT <semaphore>", named(rest, |semaphore| Self::Wait { semaphore })),
            "LOCK_RELEASED" => {
                let read = named(rest, |semaphore| Self::Released { semaphore });
                ("LOCK_RELEASED <semaphore>", read)
            }
            "ERROR" => ("ERROR <code> <text>", error(rest, line)),
            "Client" => (ANNOUNCED, announced(rest)),
            "SEMAPHORE" => (ACCOUNT, account(rest)),
            "STATUS" => ("STATUS <number>", Ok(status(rest))),
            "PONG" => ("PONG", Ok(rest.is_empty().then_some(Self::Pong))),
            _ => return Err(unknown_verb(&words, RESPONSES)),
        };
        read?.ok_or_else(|| Refusal::usage(line.trim_ascii(), right))
    }
}

/// What the words behind a verb make it; none, if they are not those that belong there.
type Read = Result<Option<Response>, Refusal>;

fn named(words: &[&str], response: impl FnOnce(Name) -> Response) -> Read {
    let [name] = words else { return Ok(None) };
    Ok(Some(response(Name::new(*name)?)))
}

fn acquired(words: &[&str]) -> Read {
    let (semaphore, token) = match *words {
        [semaphore] => (semaphore, None),
        [semaphore, token] => match token.parse() {
            Ok(token) => (semaphore, Some(Token(token))),
            Err(_) => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(Response::Acquired { semaphore: Name::new(semaphore)?, token }))
}

fn error(words: &[&str], line: &str) -> Read {
    if let ["TIMEOUT", semaphore, ..] = *words {
        return Ok(Some(Response::TimedOut { semaphore: Name::new(semaphore)? }));
    }
    Ok(refusal(line).map(Response::Refused))
}

fn announced(words: &[&str]) -> Read {
    let [client, ip, port, "released", "semaphore", semaphore] = *words else { return Ok(None) };
    let Some(addr) = address(ip, port) else { return Ok(None) };
    let (client, semaphore) = (Name::new(client)?, Name::new(semaphore)?);
    Ok(Some(Response::Announced { client, addr, semaphore }))
}

fn account(words: &[&str]) -> Read {
    let [name, "PERMITS", permits, "WAITING", waiting, "HOLDERS", ref holders @ ..] = *words else {
        return Ok(None);
    };
    let (Ok(permits), Ok(waiting)) = (permits.parse(), waiting.parse()) else { return Ok(None) };
    let holders = holders.iter().map(|&holder| Name::new(holder));
    let (semaphore, holders) = (Name::new(name)?, holders.collect::<Result<_, _>>()?);
    Ok(Some(Response::Account(Account { semaphore, permits, waiting, holders })))
}

fn status(words: &[&str]) -> Option<Response> {
    let [semaphores] = words else { return None };
    Some(Response::Status { semaphores: semaphores.parse().ok()? })
}

/// `words` may be none at all.
fn unknown_verb(words: &[&str], verbs: &str) -> Refusal {
    Refusal::unknown_verb(words.first().copied().unwrap_or_default(), verbs)
}

/// `ERROR <code> <text>`, as it was said.
fn refusal(line: &str) -> Option<Refusal> {
    let rest = line.trim_ascii().strip_prefix("ERROR")?.trim_ascii_start();
    let (word, text) = rest.split_once(|c: char| c.is_ascii_whitespace())?;
    let code = *Code::ALL.iter().find(|code| code.word() == word)?;
    Some(Refusal { code, text: text.trim_ascii_start().into() })
}

/// `(127.0.0.1,` and `47036)`.
fn address(ip: &str, port: &str) -> Option<SocketAddr> {
    let ip: IpAddr = ip.strip_prefix('(')?.strip_suffix(',')?.parse().ok()?;
    Some(SocketAddr::new(ip, port.strip_suffix(')')?.parse().ok()?))
}
