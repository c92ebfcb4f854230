//! The three solutions of mutual exclusion that are checked here.

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
