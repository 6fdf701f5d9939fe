//! Links and mail of a simulated world.

use super::World;
use crate::world::Link;
use selvage_sync::limits::WINDOW_BYTES_MAX;
use selvage_sync::{Mail, Reason};
use selvage_vfs::Refusal;
use selvage_vfs::limits::INBOX_BLOB_BYTES_MAX;

/// Links at the same time. Several between the same replicas say everything twice.
const LINKS_MAX: usize = 8;
/// Links that broke and may be opened again with what their sessions held.
const BROKEN_MAX: usize = 2;
/// Bytes of everything that is not bounded by the window in so small a world: ledgers and news.
const LEDGER_BYTES_MAX: usize = 1024 * 1024;

/// A mailbox that loses nothing, and what each replica knows of it.
pub struct Post {
    parcels: Vec<(usize, Vec<u8>)>,
    mails: Vec<(Mail, Vec<u8>)>,
}

impl Post {
    pub fn new(count: usize) -> Self {
        let mails = (0..count).map(|_| Default::default()).collect();
        let parcels = Vec::new();
        Self { parcels, mails }
    }

    /// What a crash leaves: where the replica was when it left its last parcel.
    pub fn reopen(&mut self, who: usize) {
        let (mail, cursor) = &mut self.mails[who];
        *mail = Mail::open(cursor).expect("its own cursor");
    }

    /// A replica that starts anew knows nothing of what was left.
    pub fn forget(&mut self, who: usize) {
        self.mails[who] = Default::default();
    }
}

impl World {
    pub(super) fn connect(&mut self) {
        let count = self.replicas.len();
        let (a, b) = (self.rng.below(count), self.rng.below(count));
        if a == b || self.links.len() == LINKS_MAX {
            return;
        }
        let before = self.broken.iter().position(|(ends, _)| *ends == [a, b]);
        let mut link = match before {
            Some(place) => {
                self.counts.resumed += 1;
                let (ends, sessions) = self.broken.swap_remove(place);
                Link::with(ends, sessions.map(selvage_sync::Session::again))
            }
            None => Link::new([a, b]),
        };
        link.changed(0, &mut self.replicas[a]);
        self.links.push(link);
    }

    pub(super) fn disconnect(&mut self) {
        if self.links.is_empty() {
            return;
        }
        let place = self.rng.below(self.links.len());
        let link = self.links.swap_remove(place);
        self.counts.broken += usize::from(!link.is_quiet());
        if self.broken.len() < BROKEN_MAX {
            self.broken.push((link.ends, link.sessions));
        }
    }

    /// All links of a replica that is gone.
    pub(super) fn cut_off(&mut self, who: usize) {
        self.links.retain(|link| !link.ends.contains(&who));
        self.broken.retain(|(ends, _)| !ends.contains(&who));
    }

    pub(super) fn part(&mut self) {
        if !self.parted.is_empty() {
            return self.parted.clear();
        }
        for a in 0..self.replicas.len() {
            for b in 0..a {
                if self.rng.below(2) == 0 {
                    self.parted.extend([[a, b], [b, a]]);
                }
            }
        }
    }

    pub(super) fn deliver(&mut self) {
        if self.links.is_empty() {
            return;
        }
        let (place, side) = (self.rng.below(self.links.len()), self.rng.below(2));
        if !self.parted.contains(&self.links[place].ends) {
            let is_full = self.rng.below(200) == 0;
            let who = self.links[place].ends[side];
            self.deliver_on(place, side, is_full);
            self.bring_back(who);
        }
    }

    fn deliver_on(&mut self, place: usize, side: usize, is_full: bool) {
        let link = &mut self.links[place];
        if link.queues[side].is_empty() {
            return;
        }
        let who = link.ends[side];
        let replica = &mut self.replicas[who];
        replica.disk.fail(is_full);
        let changed = link.try_deliver(side, replica);
        replica.disk.fail(false);
        self.counts.frames += 1;
        let held = link.sessions[side].held_bytes();
        self.counts.waits += usize::from(held > 0);
        self.counts.held_peak = self.counts.held_peak.max(held);
        assert!(
            held <= INBOX_BLOB_BYTES_MAX + LEDGER_BYTES_MAX,
            "{held} bytes wait"
        );
        let Ok(changed) = changed else {
            // A full disk ends the session; another one begins where this one stopped.
            assert!(is_full);
            self.counts.refused += 1;
            self.links.swap_remove(place);
            return self.check(who);
        };
        if changed {
            self.tell(who, Some(place));
            self.check(who);
        }
        let queued = self.links[place].queued[1 - side];
        self.counts.queued_peak = self.counts.queued_peak.max(queued);
        let max = WINDOW_BYTES_MAX as usize + LEDGER_BYTES_MAX;
        assert!(queued <= max, "{queued} bytes are on their way");
    }

    /// Every other session of a replica hears of what it got.
    pub(super) fn tell(&mut self, who: usize, but: Option<usize>) {
        for (place, link) in self.links.iter_mut().enumerate() {
            for side in 0..2 {
                if link.ends[side] == who && Some(place) != but {
                    link.changed(side, &mut self.replicas[who]);
                }
            }
        }
    }

    /// A replica leaves what is new for whoever comes. Some parcels are lost.
    pub(super) fn leave_mail(&mut self, who: usize) {
        let (mail, kept) = &mut self.post.mails[who];
        let workspace = &self.replicas[who].workspace;
        while let Some(parcel) = mail.next(workspace).expect("fits") {
            if self.rng.below(8) > 0 {
                self.post.parcels.push((who, parcel.bytes));
            }
            *kept = parcel.cursor.unwrap_or_else(|| std::mem::take(kept));
        }
    }

    /// A replica opens any parcel, in any order and maybe once more.
    pub(super) fn open_mail(&mut self, who: usize) {
        if self.post.parcels.is_empty() {
            return;
        }
        let (from, parcel) = self.rng.pick(&self.post.parcels);
        if *from == who {
            return;
        }
        let (mail, _) = &mut self.post.mails[who];
        let taken = mail.take(&mut self.replicas[who].workspace, parcel);
        let (reply, reason) = taken.expect("storage works");
        // Parts of one content come in order, or are refused and come once more.
        let is_fine = matches!(reason, None | Some(Reason::Refused(Refusal::Part)));
        assert!(is_fine, "{reason:?}");
        self.counts.parcels += 1;
        if reply.changed {
            self.tell(who, None);
            self.bring_back(who);
            self.check(who);
        }
    }

    fn link_all(&mut self) {
        self.links.clear();
        for b in 1..self.replicas.len() {
            let a = self.rng.below(b);
            let mut link = Link::new([a, b]);
            link.changed(0, &mut self.replicas[a]);
            self.links.push(link);
        }
    }

    /// Everything heals: all are connected, and what is under way arrives.
    pub(super) fn heal(&mut self) {
        self.parted.clear();
        self.link_all();
        for _ in 0..200_000 {
            if self.links.iter().all(Link::is_quiet) {
                if self.bring_all_back() {
                    self.mends = 0;
                } else if !self.mend() {
                    return;
                } else if self.mends > 1 {
                    // What a peer had let go of it is asked for at the next meeting.
                    self.link_all();
                }
                continue;
            }
            let (place, side) = (self.rng.below(self.links.len()), self.rng.below(2));
            self.deliver_on(place, side, false);
        }
        panic!("the replicas never fall silent");
    }
}
