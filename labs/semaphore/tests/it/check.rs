//! Every run there can be. What is proved holds for so many clients, so many requests and at most
//! so many faults, and says nothing of one more.
//!
//! A client that dies is a client that is disconnected: the server learns of it by its link, at any
//! moment after, and may get less than all that the client had sent.

use protocol::Property;
use scenario::Scenario;
use semaphore::{Server, Settings, System, Workload, contention, properties, stale_belief};

use crate::system::{ONE, OPPOSITE, assert_proves, budget, impatient, star, two_permits};

/// What must be true, and that somebody has to wait: else it would prove little.
fn with_contention() -> Vec<Property<System<Server>>> {
    properties().into_iter().chain([contention()]).collect()
}

/// Client 1 and 3 take a before b, client 2 takes b before a: without the check for cycles, they
/// would wait for each other.
#[test]
fn three_clients_two_semaphores_and_two_disconnects() {
    let scenario = Scenario { budget: budget(2, 0, 0), ..star(3, 1, &OPPOSITE) };
    assert_proves(&scenario, &Settings::default(), Server::new, &with_contention(), 129_500);
}

/// Whoever dies comes back, be it the server: then all begin anew.
#[test]
fn three_clients_two_semaphores_and_a_restart() {
    let scenario = Scenario { budget: budget(1, 1, 0), ..star(3, 1, &OPPOSITE) };
    assert_proves(&scenario, &Settings::default(), Server::new, &with_contention(), 726_289);
}

/// Nobody waits longer than it wants to.
#[test]
fn three_clients_who_give_up_and_a_disconnect() {
    let lists =
        ["ACQUIRE a TIMEOUT 5, ACQUIRE b, RELEASE b, RELEASE a", "ACQUIRE b, TRY a, RELEASE b"];
    let scenario = Scenario { budget: budget(1, 0, 1), ..star(3, 1, &lists) };
    assert_proves(&scenario, &Settings::default(), Server::new, &with_contention(), 143_024);
}

/// The server takes the living for dead, and some go on as if they held what they don't.
#[test]
fn clients_who_are_expired() {
    let properties: Vec<_> = with_contention().into_iter().chain([stale_belief()]).collect();
    let assert_proves = |scenario: &Scenario<Workload>, states| {
        assert_proves(scenario, &impatient(), Server::new, &properties, states);
    };
    assert_proves(&star(3, 1, &OPPOSITE), 497_360);
    let restart = Scenario { budget: budget(1, 1, 0), ..star(2, 1, &OPPOSITE) };
    assert_proves(&restart, 67_000);
}

/// Two permits for three clients.
#[test]
fn a_counting_semaphore_and_a_disconnect() {
    let scenario = Scenario { budget: budget(1, 0, 0), ..star(3, 1, &ONE) };
    assert_proves(
        &scenario,
        &two_permits("a", &Settings::default()),
        Server::new,
        &with_contention(),
        14_341,
    );
}
