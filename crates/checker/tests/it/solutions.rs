//! The three solutions of mutual exclusion that are checked here.

use checker::Reduction;
use mutual_exclusion::{MutualExclusion, Worker, is_seen_by_safety};
use protocol::ProcessId;

pub(crate) fn lamport(me: ProcessId, size: u32) -> lamport_mutex::Site {
    lamport_mutex::Site::new(me, me.peers(size))
}

pub(crate) fn ricart_agrawala(me: ProcessId, size: u32) -> ricart_agrawala::Site {
    ricart_agrawala::Site::new(me, me.peers(size))
}

pub(crate) fn suzuki_kasami(me: ProcessId, size: u32) -> suzuki_kasami::Site {
    suzuki_kasami::Site::new(me, me.peers(size), me == ProcessId(0))
}

/// What makes no difference to any of them.
pub(crate) fn reduction<S: MutualExclusion>() -> Reduction<'static, S, Worker> {
    Reduction { is_visible: &is_seen_by_safety, outlook: None }
}
