//! What the tests of the labs share: how a process is driven by hand, how a system of them is run in
//! virtual time, and how a lab's binary is started, listened to, typed at, killed and held to its
//! word. What is claimed stands in each lab's own tests. The tests of `protocol` borrow [`caught`]
//! and [`shortest`].
//!
//! | what                                              | where                                 |
//! |---------------------------------------------------|---------------------------------------|
//! | one site, one step                                | [`step`], [`enter`], [`leave`], [`assert_rejects`] |
//! | a system in virtual time                          | [`run_with`]                          |
//! | sites in each other's way                         | [`crowd`], [`busy`], [`mixed`], [`unguarded`] |
//! | wrong sites, and what finds them                  | [`Suspects`], [`first_failure`]       |
//! | a wrong process of any kind, and what finds it    | [`caught`], [`shortest`]              |
//! | every run there can be                            | [`assert_proves`]                     |
//! | a lab's binary                                    | [`Lab`]                               |
//! | its processes, which end when a test does         | [`Running`], [`Ended`], [`Lines`]     |
//! | a process at a terminal                           | [`run_at_terminal`], `AtTerminal`     |
//! | a lab's server, and somebody with `nc`            | [`Server`], [`Nc`]                    |
//! | sites that are started one by one                 | [`System`], [`free_addresses`]        |
//! | a cluster at work, and its processes              | [`AtWork`]                            |
//! | clusters that are drawn, with kills               | [`Lab::assert_taken_again`]           |
//! | what people read, to the letter                   | [`Lab::assert_golden`], [`Lab::assert_handout`] |

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test fails by panicking")]

mod at_work;
mod by_hand;
mod check;
mod glance;
mod golden;
mod lab;
mod mutants;
mod process;
mod scenarios;
mod server;
mod simulate;
mod system;
#[cfg(target_os = "linux")]
mod terminal;
#[cfg(target_os = "linux")]
mod traced;
mod traces;
mod virtual_time;

pub use at_work::AtWork;
#[cfg(target_os = "linux")]
pub use at_work::still_running;
pub use by_hand::{assert_rejects, enter, leave, step};
pub use glance::{assert_proves, caught, shortest};
pub use lab::{Lab, number_before, number_behind};
pub use mutants::{Suspects, first_failure};
#[cfg(unix)]
pub use process::send;
pub use process::{Ended, Lines, Running, run, run_on};
pub use scenarios::{busy, crowd, mixed, unguarded};
pub use server::{Nc, Server};
pub use system::{System, free_addresses};
#[cfg(target_os = "linux")]
pub use terminal::{AtTerminal, run_at_terminal};
pub use virtual_time::run_with;
