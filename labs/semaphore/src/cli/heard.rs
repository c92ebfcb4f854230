//! What a client tells whoever sits there, in the course's words.

use std::fmt;

use semaphore::Response;
use serde::{Serialize, Serializer};

/// What the client of that label has heard.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "heard")]
pub(super) struct Heard<'a> {
    pub(super) client: &'a str,
    #[serde(serialize_with = "as_line")]
    pub(super) response: &'a Response,
}

/// Programs know the wire.
fn as_line<S: Serializer>(response: &Response, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(response)
}

impl fmt::Display for Heard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { client, response } = self;
        match response {
            Response::Announced { .. } => return response.fmt(f),
            _ => write!(f, "Client {client} - Server response: {response}")?,
        }
        match response {
            Response::Acquired { .. } => write!(f, "\nClient {client} acquired the semaphore."),
            Response::Released { .. } => write!(f, "\nClient {client} released the semaphore."),
            _ => Ok(()),
        }
    }
}
