//! The one thread on which everything runs that needs sockets.

use std::future::Future;

use crate::Failure;

/// Runs what needs sockets, on this thread.
///
/// # Errors
/// Those of `future`, or when the system lets nobody use sockets.
pub fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| Failure::Failed(format!("can't start the network: {e}")))?;
    let result = tokio::task::LocalSet::new().block_on(&runtime, future);
    // A read of standard input that has begun can't be taken back, and must not hold us up.
    runtime.shutdown_background();
    result
}
