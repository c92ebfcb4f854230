//! Room for a crowd: a connection is an open file, and systems allow a process few of them unless
//! it asks for more.

/// Asks the system for as many open files as it lets this process have. A server that gets fewer
/// than it would like says so when it meets the limit.
pub fn allow_many_connections() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
            tracing::debug!(%error, "no more open files than usual");
        }
    }
}
