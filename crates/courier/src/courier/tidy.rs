//! Keeps the mailbox small, so that it never fills.
//!
//! When it holds much more than a whole would, a device that may write mails all that it has. Once
//! that is kept, a summary takes the place of what was before. Where the room is full already there
//! is no place for a whole beside it: the summary then comes first, and that the whole is owed is
//! kept, so that it follows also after a restart.

use super::*;
use crate::limits::{TIDY_AGAIN_MS, TIDY_WAIT_MS};
use selvage_trust::Role;

/// Where this device is with it.
pub(super) enum Tidy {
    No,
    /// The whole is being mailed, once the host was told; what it replaces is up to a number, and had
    /// so many bytes.
    Mailing {
        is_told: bool,
        covers: u64,
        before: u64,
    },
    /// All of it is mailed, and kept when this letter is.
    Keeping {
        covers: u64,
        before: u64,
        last: LetterId,
    },
    /// The summary is on its way.
    Replacing {
        before: u64,
        id: LetterId,
    },
}

impl Courier {
    /// Begins when it is time to.
    pub(super) fn look_at_mailbox(&mut self, now_ms: u64) {
        let Some(desk) = &mut self.desk else { return };
        let is_new = desk.mailbox.is_new || !desk.unvouched.is_empty();
        if std::mem::take(&mut desk.saw_whole) {
            let is_enough = !desk.mailbox.is_owed && desk.unvouched.is_empty();
            self.tidy_at_ms = is_enough.then_some(now_ms + TIDY_AGAIN_MS);
        }
        self.tidy_wake_ms = None;
        let may = desk.role().is_some_and(|role| role >= Role::Editor) && desk.is_settled();
        let wants = desk.mailbox.is_heavy() || desk.mailbox.is_owed || is_new || self.is_full;
        let line = self.room.as_ref();
        let place = line.filter(|line| line.client.is_open());
        let Some(place) = place.and_then(|line| line.client.place()) else {
            return;
        };
        if !wants {
            self.tidy_at_ms = None;
        }
        if !may || !wants || !matches!(self.tidy, Tidy::No) {
            return;
        }
        let spread = u64::from_le_bytes(random(&mut self.random)) % TIDY_WAIT_MS;
        let is_urgent = desk.mailbox.is_owed || self.is_full;
        let at_ms = *self.tidy_at_ms.get_or_insert(match is_urgent {
            true => now_ms,
            // Whoever led the others here begins.
            false if is_new => now_ms + TIDY_WAIT_MS + spread,
            false => now_ms + spread,
        });
        if now_ms < at_ms {
            self.tidy_wake_ms = Some(at_ms);
            return;
        }
        self.tidy_at_ms = Some(now_ms + TIDY_AGAIN_MS);
        let begun = match self.is_full {
            true => self.empty(place.number),
            false => self.mail_whole(place.number),
        };
        if let Err(error) = begun {
            self.problem = Some(problem(
                "MAILBOX",
                format!("The mailbox can't be made smaller: {error}."),
                "Reload the page, or use another relay.",
            ));
        }
    }

    fn mail_whole(&mut self, covers: u64) -> Result<()> {
        let Some(desk) = &mut self.desk else {
            return Ok(());
        };
        let before = desk.mailbox.bytes;
        let is_new = desk.mailbox.is_new || !desk.unvouched.is_empty();
        if desk.mailbox.is_new && !desk.mailbox.is_owed {
            desk.post_log(&mut self.random)?;
        }
        let is_whole = desk.post_whole(&mut self.random)?;
        // A new room begins with all that is here, also where that can't take the place of anything.
        if is_whole || is_new {
            desk.cursor.clear();
            self.tidy = Tidy::Mailing {
                is_told: false,
                covers: if is_whole { covers } else { 0 },
                before,
            };
            self.outputs.push_back(Output::SendAll);
        }
        Ok(())
    }

    /// A full room takes nothing but a summary.
    fn empty(&mut self, covers: u64) -> Result<()> {
        self.is_full = false;
        if let Some(desk) = &mut self.desk {
            desk.mailbox.is_owed = true;
            desk.dirty = true;
            let before = desk.mailbox.bytes;
            self.replace(covers, before)?;
        }
        Ok(())
    }

    fn replace(&mut self, covers: u64, before: u64) -> Result<()> {
        let id = LetterId(random(&mut self.random));
        if let (Some(desk), Some(line)) = (&self.desk, &mut self.room) {
            let summary = desk.summary(&mut self.random)?;
            line.client.summarize(id, covers, summary)?;
            self.tidy = Tidy::Replacing { before, id };
        }
        Ok(())
    }

    /// A parcel was mailed after which nothing is left to say.
    pub(super) fn mailed_all(&mut self) {
        let Some(desk) = &mut self.desk else { return };
        let told = match self.tidy {
            Tidy::Mailing {
                is_told: true,
                covers,
                before,
            } => Some((covers, before)),
            _ => None,
        };
        if let (Some((covers, before)), Some(last)) = (told, desk.outbox.back()) {
            desk.mailbox.is_owed = false;
            desk.unvouched.clear();
            self.tidy = Tidy::Keeping {
                covers,
                before,
                last: LetterId(last.id),
            };
        }
    }

    /// The host mails everything from now on.
    pub(super) fn told(&mut self) {
        if let Tidy::Mailing { is_told, .. } = &mut self.tidy {
            *is_told = true;
        }
    }

    /// What was under way with a link is not under way with the next one.
    pub(super) fn link_is_new(&mut self) {
        if let Tidy::Replacing { .. } = self.tidy {
            self.tidy = Tidy::No;
        }
    }

    /// A letter or a summary is kept by the relay.
    pub(super) fn kept_there(&mut self, kept: LetterId) {
        let done = match self.tidy {
            Tidy::Keeping {
                covers,
                before,
                last,
            } if last == kept => match covers {
                0 => self.replaced(before),
                _ => self.replace(covers, before),
            },
            Tidy::Replacing { before, id } if id == kept => self.replaced(before),
            _ => Ok(()),
        };
        if done.is_err() {
            self.tidy = Tidy::No;
        }
    }

    fn replaced(&mut self, before: u64) -> Result<()> {
        self.tidy = Tidy::No;
        let Some(desk) = &mut self.desk else {
            return Ok(());
        };
        let whole = desk.mailbox.bytes.saturating_sub(before);
        desk.mailbox.tidied(whole);
        desk.dirty = true;
        desk.hand_again();
        let is_settled = |problem: &Finding| matches!(problem.code, "NOT_TAKEN" | "MAILBOX");
        self.problem.take_if(|problem| is_settled(problem));
        if desk.mailbox.is_owed {
            self.tidy_at_ms = None;
            return Ok(());
        }
        desk.post_tidied(&mut self.random)
    }

    /// The relay does not take a letter or a summary.
    pub(super) fn not_taken(&mut self, id: LetterId, refusal: selvage_relay::Refusal) {
        if let Tidy::Replacing { id: own, .. } = self.tidy
            && own == id
        {
            // Another device was faster.
            self.tidy = Tidy::No;
            if let Some(desk) = &mut self.desk {
                desk.hand_again();
            }
            return;
        }
        self.problem = Some(problem(
            "NOT_TAKEN",
            format!("The relay does not take a letter: {refusal}."),
            "Try again later, or use another relay.",
        ));
        if refusal == selvage_relay::Refusal::RoomFull {
            if let Some(desk) = &mut self.desk {
                desk.not_taken(id);
            }
            // A summary that is on its way makes room.
            if !matches!(self.tidy, Tidy::Replacing { .. }) {
                self.tidy = Tidy::No;
                self.tidy_at_ms = None;
                self.is_full = true;
            }
        }
    }
}
