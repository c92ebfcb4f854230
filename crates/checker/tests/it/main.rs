//! What the checker promises, a claim a test.

mod chatter;
mod family;
mod oracle;
mod solutions;
mod system;
