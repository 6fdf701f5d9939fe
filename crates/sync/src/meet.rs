//! Two replicas in one process.

use crate::{Reason, Result, Role, Session};
use selvage_vfs::Workspace;

/// What came of a meeting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Met {
    /// The paths of what changed in the first replica, in byte order.
    pub paths: Vec<String>,
    /// Why the two did not come together; `None` when they did.
    pub stopped: Option<Reason>,
}

/// Brings two replicas together that one process has open.
pub fn meet(a: &mut Workspace, b: &mut Workspace) -> Result<Met> {
    let (mut at_a, mut at_b) = (Session::new(Role::Initiator), Session::new(Role::Responder));
    let mut met = Met::default();
    let mut to_b = at_a.changed(a)?.frames;
    while !to_b.is_empty() {
        let mut to_a = Vec::new();
        for frame in to_b.drain(..) {
            to_a.extend(at_b.handle(b, &frame)?.frames);
        }
        for frame in to_a {
            let reply = at_a.handle(a, &frame)?;
            met.paths.extend(reply.paths);
            to_b.extend(reply.frames);
        }
    }
    met.paths.sort_unstable();
    met.paths.dedup();
    met.stopped = at_a.closed();
    Ok(met)
}
