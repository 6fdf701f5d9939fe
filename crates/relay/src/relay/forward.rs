//! Frames from one link to another one, in order, and no more under way than fits.

use super::Relay;
use crate::id::{LinkId, RoomId};
use crate::limits::{FORWARD_WINDOW_BYTES, FRAME_COST_BYTES};
use crate::message::Tell;
use crate::reason::Reason;

impl Relay {
    pub(super) fn forward(
        &mut self,
        from: LinkId,
        room: RoomId,
        to: LinkId,
        bytes: Vec<u8>,
    ) -> Result<(), Reason> {
        let links = self.rooms.get(&room).map(|room| &room.links);
        let is_there = to != from && links.is_some_and(|links| links.contains_key(&to));
        // Who is gone has been announced; the announcement and this frame crossed.
        let Some(state) = self.links.get_mut(&to).filter(|_| is_there) else {
            return Ok(());
        };
        let window = state.windows.entry(from).or_default();
        window.used_bytes += bytes.len() + FRAME_COST_BYTES;
        if window.used_bytes > FORWARD_WINDOW_BYTES {
            return Err(Reason::TooFast);
        }
        self.push(to, Tell::Frame { link: from, bytes });
        Ok(())
    }

    /// A frame is on its way: its sender may send others, as soon as enough came together for a
    /// message about it.
    pub(super) fn credit(&mut self, from: LinkId, to: LinkId, len: usize) {
        let Some(state) = self.links.get_mut(&to) else {
            return;
        };
        // A sender that left has no window any more.
        let Some(window) = state.windows.get_mut(&from) else {
            return;
        };
        window.owed_bytes += len + FRAME_COST_BYTES;
        if window.owed_bytes >= FORWARD_WINDOW_BYTES / 4 {
            let bytes = std::mem::take(&mut window.owed_bytes);
            window.used_bytes -= bytes;
            let (link, bytes) = (to, bytes as u64);
            self.push(from, Tell::Credit { link, bytes });
        }
    }
}
