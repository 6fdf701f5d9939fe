//! Exchange by mail: what is left for replicas that are not there, and what they left.
//!
//! A host carries parcels, signed and sealed, and keeps each with its cursor; what is in one is decided here.

use crate::engine::{Cx, Workbench};
use crate::event::Effect;
use crate::notice::Notice;
use selvage_sync::{Mail, SyncError};

/// How long typing waits for the next keystroke before it is mailed.
const MAIL_AFTER_MS: u64 = 700;

/// The mail, while somebody carries it.
pub(crate) struct Post {
    mail: Mail,
    writes: bool,
    /// A parcel was given and is not kept yet.
    is_waiting: bool,
    /// What came landed, and whoever carries it was not told.
    owes_landed: bool,
    /// The workspace when it was looked through last.
    seen: Option<(selvage_vfs::Heads, u64)>,
    /// When typing is mailed.
    due_ms: Option<u64>,
}

impl Workbench {
    pub(crate) fn mail_opened(&mut self, cursor: &[u8], writes: bool) {
        // A cursor that can't be read is one of another version: everything is mailed once more, which does nothing.
        let mail = Mail::open(cursor).unwrap_or_default();
        self.post = Some(Post {
            mail,
            writes,
            is_waiting: false,
            owes_landed: false,
            seen: None,
            due_ms: None,
        });
    }

    pub(crate) fn parcel_kept(&mut self) {
        if let Some(post) = &mut self.post {
            post.is_waiting = false;
            post.seen = None;
        }
        self.landed();
    }

    pub(crate) fn parcel_came(&mut self, bytes: &[u8]) {
        let Some(post) = &mut self.post else { return };
        match post.mail.take(&mut self.workspace, bytes) {
            Ok((reply, refused)) => {
                if let Some(reason) = refused {
                    let message = format!(
                        "Another device left something that this workspace can't take ({reason:?})."
                    );
                    self.mail_failed(
                        message,
                        "Update Selvage on both devices. What each of them saved is still there.",
                    );
                }
                if let Some(post) = &mut self.post {
                    post.owes_landed = true;
                }
                self.landed();
                if reply.changed {
                    self.tell_merged(reply.paths);
                }
            }
            Err(why) => self.mail_failed(
                format!("What another device left could not be kept: {why}."),
                "Free some space, then reload. The relay still has it.",
            ),
        }
    }

    /// Takes in what came by mail and waited for what this replica has got in another way by now.
    pub(crate) fn look_again(&mut self) {
        let Some(post) = &mut self.post else { return };
        // A storage that fails is told by what comes next.
        let Ok(reply) = post.mail.look_again(&mut self.workspace) else {
            return;
        };
        if reply.changed {
            self.landed();
            self.tell_merged(reply.paths);
        }
    }

    /// Says how far this replica is, once nothing waits for the rest of it, and nothing is left to be
    /// mailed that the cursor would say was mailed.
    fn landed(&mut self) {
        if let Some(post) = &mut self.post
            && post.owes_landed
            && !post.is_waiting
            && post.mail.is_whole()
        {
            post.owes_landed = false;
            let cursor = post.mail.cursor();
            self.effects.push(Effect::Landed { cursor });
        }
    }

    /// Leaves what is new: a change at once, typing when it pauses.
    pub(crate) fn leave_news(&mut self, cx: &Cx<'_>) {
        let Some(post) = &mut self.post else { return };
        let now = (self.workspace.heads(), self.workspace.texts_number());
        if !post.writes || post.is_waiting || post.seen.as_ref() == Some(&now) {
            return;
        }
        let is_typing = post.seen.as_ref().is_some_and(|(heads, _)| *heads == now.0);
        let due_ms = *post.due_ms.get_or_insert(cx.now_ms + MAIL_AFTER_MS);
        if is_typing && cx.now_ms < due_ms {
            return;
        }
        post.due_ms = None;
        match post.mail.next(&self.workspace) {
            Ok(Some(parcel)) => {
                post.is_waiting = true;
                let (bytes, cursor) = (parcel.bytes, parcel.cursor);
                self.effects.push(Effect::Parcel { bytes, cursor });
            }
            Ok(None) => post.seen = Some(now),
            Err(why) => {
                post.seen = Some(now);
                let hint = match why {
                    SyncError::TooLarge { .. } => {
                        "Share a smaller workspace, or copy it over as a zip first."
                    }
                    SyncError::Workspace(_) => "Reload the page.",
                };
                self.mail_failed(
                    format!("A change could not be left for other devices: {why}."),
                    hint,
                );
            }
        }
    }

    /// When typing is to be mailed.
    pub(crate) fn mail_time(&self) -> Option<u64> {
        self.post.as_ref().and_then(|post| post.due_ms)
    }

    fn mail_failed(&mut self, message: String, hint: &str) {
        let hint = hint.to_owned();
        self.effects
            .push(Effect::Notify(Notice::MailFailed { message, hint }));
    }
}
