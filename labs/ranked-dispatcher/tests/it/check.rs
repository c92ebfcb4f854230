//! Every run there can be. What is proved holds for so many clients, so many commands and at most
//! so many faults, and says nothing of one more.
//!
//! A client that dies is a client that is disconnected: the server learns of it by its link, at any
//! moment after, and may get less than all that the client had sent.

use protocol::Property;
use ranked_dispatcher::{Policy, Server, Settings, System, handed_on, orphaned, properties};
use scenario::Scenario;

use crate::{
    by_hand::by,
    system::{TASKS, assert_proves, budget, hurry, star},
};

/// What must be true, and that jobs are handed on and run for nobody: else it would prove little.
fn with_deaths() -> Vec<Property<System<Server>>> {
    properties().into_iter().chain([handed_on(), orphaned()]).collect()
}

/// Everybody gives a command, the lowest rank in vain, and any two of them die.
#[test]
fn four_clients_and_two_disconnects() {
    let scenario = Scenario { budget: budget(2, 0), ..star(4, 1, &TASKS) };
    assert_proves(&scenario, &Settings::default(), Server::new, &with_deaths(), 507_667);
}

#[test]
fn four_clients_and_a_disconnect_under_every_other_policy() {
    let scenario = Scenario { budget: budget(1, 0), ..star(4, 1, &TASKS) };
    for (policy, states) in [(Policy::LeastLoaded, 141_745), (Policy::RoundRobin, 139_138)] {
        assert_proves(&scenario, &by(policy), Server::new, &with_deaths(), states);
    }
}

/// Whoever dies comes back, be it the server: then all begin anew.
#[test]
fn three_clients_and_a_restart_under_every_policy() {
    let scenario = Scenario { budget: budget(1, 1), ..star(3, 1, &TASKS) };
    for (policy, states) in
        [(Policy::Next, 75_066), (Policy::LeastLoaded, 76_760), (Policy::RoundRobin, 75_066)]
    {
        assert_proves(&scenario, &by(policy), Server::new, &with_deaths(), states);
    }
}

/// No job is handed on.
#[test]
fn jobs_that_are_given_up() {
    let settings = Settings { max_retries: 0, ..Settings::default() };
    let scenario = Scenario { budget: budget(2, 0), ..star(3, 1, &TASKS) };
    assert_proves(&scenario, &settings, Server::new, &properties(), 10_177);
}

/// Nobody may ask for more than one job at a time, nor run more, and everybody would.
#[test]
fn three_clients_in_a_hurry_and_a_server_with_little_room() {
    let settings = Settings { most_jobs: 1, ..by(Policy::LeastLoaded) };
    assert_proves(&hurry(star(3, 2, &TASKS)), &settings, Server::new, &properties(), 185_804);
}

/// With several jobs between the same two, one of whom dies.
#[test]
fn two_clients_in_a_hurry_and_a_disconnect() {
    let scenario = Scenario { budget: budget(1, 0), ..hurry(star(2, 3, &TASKS)) };
    let properties: Vec<_> = properties().into_iter().chain([orphaned()]).collect();
    assert_proves(&scenario, &Settings::default(), Server::new, &properties, 60_226);
}

/// One of three is turned away. Whoever dies comes back, and may be turned away then.
#[test]
fn a_full_house_and_a_restart() {
    let settings = Settings { most_clients: 2, ..Settings::default() };
    let scenario = Scenario { budget: budget(1, 1), ..star(3, 1, &TASKS) };
    assert_proves(&scenario, &settings, Server::new, &properties(), 24_302);
}
