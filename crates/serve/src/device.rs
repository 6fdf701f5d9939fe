//! This host as one of a workspace's devices: it keeps its seat beside the workspace, and leaves
//! and takes mail at a relay, as tabs of the page do.

use crate::dialer::{Dialer, Wire};
use crate::error::{Result, ServeError};
use crate::socket::Sent;
use crate::vault::replace;
use selvage_courier::{Act, Courier, Finding, Output, Random, RoleName, State};
use selvage_sync::{Mail, Parcel};
use selvage_vfs::{Heads, Workspace};
use std::path::PathBuf;

/// How long typing waits for the next keystroke before it is mailed.
const MAIL_AFTER_MS: u64 = 700;

/// See the module.
pub(crate) struct Device<T> {
    courier: Courier,
    dialer: Dialer<T>,
    /// Where the seat is kept.
    file: PathBuf,
    post: Option<Post>,
    /// What a person should know and was told.
    told: Vec<Finding>,
    /// This device is out; whether the relay kept that.
    left: Option<bool>,
}

/// The mail, while this device has a seat.
struct Post {
    mail: Mail,
    writes: bool,
    /// A parcel that the courier has no room for yet.
    waiting: Option<Parcel>,
    /// What came landed, and the courier was not told.
    owes_landed: bool,
    /// The workspace when it was looked through last.
    seen: Option<(Heads, u64)>,
    /// When typing is mailed.
    due_ms: Option<u64>,
}

impl<T: From<Wire> + Send + 'static> Device<T> {
    pub fn new(courier: Courier, dialer: Dialer<T>, file: PathBuf) -> Self {
        Self {
            courier,
            dialer,
            file,
            post: None,
            told: Vec::new(),
            left: None,
        }
    }

    pub fn state(&self) -> State {
        self.courier.state()
    }

    /// Whether this device left the workspace; with that, whether the others will hear of it.
    pub fn left(&self) -> Option<bool> {
        self.left
    }

    pub fn role(&self) -> Option<RoleName> {
        role(&self.courier.state())
    }

    /// Whether all that the workspace holds is with the relay.
    pub fn has_sent_all(&self, workspace: &Workspace) -> bool {
        let now = (workspace.heads(), workspace.texts_number());
        let post = self.post.as_ref();
        post.is_some_and(|post| post.waiting.is_none() && post.seen.as_ref() == Some(&now))
            && self.courier.state().pending == 0
    }

    pub fn act(&mut self, act: Act, now_ms: u64) -> Result<()> {
        Ok(self.courier.act(act, now_ms)?)
    }

    pub fn hear(&mut self, wire: Wire, now_ms: u64) {
        match wire {
            Wire::Opened(socket) => self.courier.opened(socket, now_ms),
            Wire::Received(socket, bytes) => self.courier.received(socket, now_ms, &bytes),
            Wire::Closed(socket, code) => {
                self.dialer.closed(socket);
                self.courier.closed(socket, now_ms, code);
            }
        }
    }

    /// When [`Device::drain`] is due at the latest.
    pub fn wake_ms(&self) -> Option<u64> {
        let due = self.post.as_ref().and_then(|post| post.due_ms);
        self.courier.wake_ms().into_iter().chain(due).min()
    }

    /// Does what is to be done, in order, until there is nothing; whether the workspace changed.
    ///
    /// # Errors
    /// What has to be kept could not be. Nothing that rests on it went out, and this device is to
    /// be dropped; it goes on from what was kept before.
    pub fn drain(&mut self, workspace: &mut Workspace, now_ms: u64) -> Result<bool> {
        self.courier.tick(now_ms);
        let mut has_changed = false;
        loop {
            while let Some(output) = self.courier.poll(now_ms) {
                has_changed |= self.perform(workspace, output)?;
            }
            if let Some(post) = &mut self.post
                && post.mail.look_again(workspace)?.changed
            {
                has_changed = true;
                self.landed();
            }
            if !self.leave(workspace, now_ms)? {
                return Ok(has_changed);
            }
        }
    }

    fn perform(&mut self, workspace: &mut Workspace, output: Output) -> Result<bool> {
        match output {
            Output::Keep(bytes) => replace(&self.file, &bytes)?,
            Output::Dial { socket, address } => self.dialer.dial(socket, address),
            Output::Write { socket, bytes } => self.dialer.send(socket, Sent::Message(bytes)),
            Output::HangUp { socket, code } => {
                let reason = String::new();
                self.dialer.send(socket, Sent::Close { code, reason });
            }
            Output::Parcel(bytes) => return self.take(workspace, &bytes),
            Output::SendAll => self.open_mail(Some(&[])),
            Output::Left { told } => {
                std::fs::remove_file(&self.file)?;
                self.left = Some(told);
            }
            // There is nobody in front of this host, and it opens no direct links.
            Output::Said { .. } | Output::Direct { .. } => {}
            Output::Changed => {
                self.open_mail(None);
                self.tell();
            }
        }
        Ok(false)
    }

    /// Says what was refused, kept back or altered, once.
    fn tell(&mut self) {
        let State {
            findings, problem, ..
        } = self.courier.state();
        let now: Vec<Finding> = findings.into_iter().chain(problem).collect();
        for finding in now.iter().filter(|finding| !self.told.contains(finding)) {
            let Finding {
                code,
                message,
                hint,
                device,
            } = finding;
            tracing::warn!(code, hint, device, "{message}");
        }
        self.told = now;
    }

    /// Opens the mail when there is a seat, and anew when this device may write now, or no more.
    fn open_mail(&mut self, from: Option<&[u8]>) {
        let Some(role) = self.role() else {
            self.post = None;
            return;
        };
        let writes = role != RoleName::Viewer;
        let is_open = self.post.as_ref().is_some_and(|post| post.writes == writes);
        if is_open && from.is_none() {
            return;
        }
        let cursor = from.unwrap_or_else(|| self.courier.cursor());
        self.post = Some(Post {
            // A cursor of another version: everything is mailed once more, which does nothing.
            mail: Mail::open(cursor).unwrap_or_default(),
            writes,
            waiting: None,
            owes_landed: false,
            seen: None,
            due_ms: None,
        });
    }

    /// Takes in a parcel; whether the workspace changed.
    fn take(&mut self, workspace: &mut Workspace, bytes: &[u8]) -> Result<bool> {
        let Some(post) = &mut self.post else {
            return Ok(false);
        };
        let (reply, refused) = post.mail.take(workspace, bytes)?;
        if let Some(reason) = refused {
            tracing::warn!(
                ?reason,
                "another device left what this workspace can't take"
            );
        }
        post.owes_landed = true;
        self.landed();
        Ok(reply.changed)
    }

    /// Says how far this device is, once nothing that came waits for the rest of it, and nothing is
    /// left to be mailed that the cursor would say was mailed.
    fn landed(&mut self) {
        if let Some(post) = &mut self.post
            && post.owes_landed
            && post.waiting.is_none()
            && post.mail.is_whole()
        {
            post.owes_landed = false;
            self.courier.landed(&post.mail.cursor());
        }
    }

    /// Leaves what is new: a change at once, typing when it pauses. Whether something was left.
    fn leave(&mut self, workspace: &Workspace, now_ms: u64) -> Result<bool> {
        let Some(post) = self.post.as_mut().filter(|post| post.writes) else {
            return Ok(false);
        };
        if post.waiting.is_none() {
            let now = (workspace.heads(), workspace.texts_number());
            if post.seen.as_ref() == Some(&now) {
                return Ok(false);
            }
            let is_typing = post.seen.as_ref().is_some_and(|(heads, _)| *heads == now.0);
            let due_ms = *post.due_ms.get_or_insert(now_ms + MAIL_AFTER_MS);
            if is_typing && now_ms < due_ms {
                return Ok(false);
            }
            post.due_ms = None;
            post.waiting = post.mail.next(workspace)?;
            if post.waiting.is_none() {
                post.seen = Some(now);
            }
        }
        if !self.courier.can_send() {
            return Ok(false);
        }
        let Some(Parcel { bytes, cursor }) = post.waiting.take() else {
            return Ok(false);
        };
        self.courier.send(&bytes, cursor.as_deref())?;
        self.landed();
        Ok(true)
    }
}

/// This device's role; `None` without a seat, or when it was taken out.
fn role(state: &State) -> Option<RoleName> {
    let own = state.members.iter().find(|member| member.is_self);
    own.map(|member| member.role)
}

/// The system's randomness.
pub(crate) fn system_random() -> Random {
    // A system without randomness can't hold a key: there is nothing to go on with.
    Box::new(|out| getrandom::fill(out).unwrap_or_else(|error| panic!("no randomness: {error}")))
}

impl From<selvage_courier::CourierError> for ServeError {
    fn from(error: selvage_courier::CourierError) -> Self {
        Self::Sharing(error.to_string())
    }
}

impl From<selvage_sync::SyncError> for ServeError {
    fn from(error: selvage_sync::SyncError) -> Self {
        Self::Sharing(error.to_string())
    }
}
