//! The courier: see the crate.

use crate::address::Address;
use crate::desk::{Desk, hex, random};
use crate::kept::Kept;
use crate::limits::{CHECKPOINT_MS, INVITATION_MS};
use crate::live::Room;
use crate::output::Output;
use crate::pairing::{Met, Pairing, Side};
use crate::state::{
    Act, Finding, InvitationState, JoiningState, LinkState, MemberState, State, Step,
};
use crate::{CourierError, Result};
use line::{Line, Which};
use selvage_relay::client::{self, Client, Event};
use selvage_relay::{LetterId, Reason, RelayError};
use selvage_trust::{DeviceId, History, Identity, Invitation, Inviter, Joiner, Seat};
use std::collections::VecDeque;

mod acts;
mod line;
mod live;
mod rooms;
mod run;
mod tidy;
mod view;

/// Fills bytes with randomness of the system.
pub type Random = Box<dyn FnMut(&mut [u8])>;

/// See the crate.
pub struct Courier {
    random: Random,
    relay: Address,
    desk: Option<Desk>,
    room: Option<Line>,
    /// What is said to those who are there.
    live: Room,
    /// Whether the relay keeps letters, as it said last.
    keeps: Option<bool>,
    /// A look into a room that the members left.
    look: Option<rooms::Look>,
    pairing: Option<(Pairing, Line)>,
    /// The pairing ends when what it has to say is said.
    is_pairing_over: bool,
    /// Something about the pairing is to be kept.
    is_pairing_new: bool,
    /// Until when a device that leaves waits for the relay to keep that.
    leave_by_ms: Option<u64>,
    /// What is kept is written out when it is polled for, so that it is the newest.
    outputs: VecDeque<Output>,
    is_keep_queued: bool,
    sockets: u32,
    /// Parcels of the inbox that the host has.
    given: usize,
    checkpoint_at_ms: Option<u64>,
    /// By when what came should be part of the workspace.
    landing_by_ms: Option<u64>,
    tidy: tidy::Tidy,
    /// Not before this.
    tidy_at_ms: Option<u64>,
    tidy_wake_ms: Option<u64>,
    /// When this device tells the others to go to another room, if nobody did by then.
    move_at_ms: Option<u64>,
    move_wake_ms: Option<u64>,
    /// The room took no more letters.
    is_full: bool,
    problem: Option<Finding>,
}

impl Courier {
    /// Shares a workspace for the first time.
    ///
    /// # Errors
    /// When the address or the name can't be used.
    pub fn found(relay: &str, name: &str, mut random: Random) -> Result<Self> {
        let relay = Address::parse(relay)?;
        let identity = Identity::new(&mut random);
        let kept = identity.to_bytes();
        let mut desk = Desk::new(Seat::found(identity, name, &mut random)?, kept);
        // Later devices have the log from their welcome; those of a room that was lost, from here.
        desk.post_log(&mut random)?;
        let mut courier = Self::new(relay, random);
        courier.sit(desk)?;
        Ok(courier)
    }

    /// Comes in over an invitation's link.
    ///
    /// # Errors
    /// When link or name can't be used.
    pub fn join(link: &str, name: &str, now_ms: u64, mut random: Random) -> Result<Self> {
        let invitation = Invitation::parse(link)?;
        let relay = Address::parse(invitation.relay())?;
        let identity = Identity::new(&mut random);
        let kept = identity.to_bytes();
        let (joiner, request) = Joiner::new(identity, name, invitation, now_ms, &mut random)?;
        let joiner = Some(Box::new(joiner));
        let side = Side::Joiner {
            joiner,
            request,
            identity: kept,
            welcome: Vec::new(),
            inviter: None,
        };
        let device = self::random(&mut random);
        let mut courier = Self::new(relay, random);
        courier.pair(Pairing::new(side, device))?;
        Ok(courier)
    }

    /// Goes on from the last [`Output::Keep`].
    ///
    /// # Errors
    /// When the bytes are not those.
    pub fn from_bytes(bytes: &[u8], random: Random) -> Result<Self> {
        let kept = Kept::read(bytes)?;
        let mut courier = Self::new(Address::parse(&kept.relay)?, random);
        if let Some(desk) = kept.desk {
            courier.sit(desk)?;
        }
        if let Some(pairing) = kept.pairing {
            courier.pair(pairing)?;
        }
        courier.is_pairing_new = false;
        Ok(courier)
    }

    /// Meets another device.
    fn pair(&mut self, pairing: Pairing) -> Result<()> {
        if let Some(client) = pairing.client(&self.relay.audience)? {
            self.pairing = Some((pairing, Line::new(client)));
            self.is_pairing_new = true;
        }
        Ok(())
    }

    fn new(relay: Address, mut random: Random) -> Self {
        Self {
            live: Room::new(&mut random),
            keeps: None,
            random,
            relay,
            desk: None,
            room: None,
            look: None,
            pairing: None,
            is_pairing_over: false,
            is_pairing_new: false,
            leave_by_ms: None,
            outputs: VecDeque::from([Output::Changed]),
            is_keep_queued: false,
            sockets: 0,
            given: 0,
            checkpoint_at_ms: None,
            landing_by_ms: None,
            tidy: tidy::Tidy::No,
            tidy_at_ms: None,
            tidy_wake_ms: None,
            move_at_ms: None,
            move_wake_ms: None,
            is_full: false,
            problem: None,
        }
    }

    fn sit(&mut self, desk: Desk) -> Result<()> {
        self.desk = Some(desk);
        self.outputs.push_back(Output::Changed);
        self.enter()
    }

    /// Makes the room's client anew.
    fn enter(&mut self) -> Result<()> {
        let Some(desk) = &mut self.desk else {
            return Ok(());
        };
        desk.outbox
            .iter_mut()
            .for_each(|letter| letter.handed = false);
        let profile = desk.meeting.profile(&desk.seat, &self.relay.audience);
        self.room = Some(Line::new(Client::new(profile, desk.place)?));
        self.live.relay_is_gone();
        self.link_is_new();
        self.look_at_role();
        Ok(())
    }

    fn line(&mut self, which: Which) -> Option<&mut Line> {
        match which {
            Which::Room => self.room.as_mut(),
            Which::Left => self.look.as_mut().map(|look| &mut look.line),
            Which::Pairing => self.pairing.as_mut().map(|(_, line)| line),
        }
    }

    fn of_socket(&mut self, socket: u32) -> Option<Which> {
        Which::ALL.into_iter().find(|&which| {
            self.line(which)
                .is_some_and(|line| line.socket == Some(socket))
        })
    }

    /// A socket is open.
    pub fn opened(&mut self, socket: u32, now_ms: u64) {
        if let Some(line) = self.of_socket(socket).and_then(|which| self.line(which)) {
            line.client.opened(now_ms);
        }
        self.pump(now_ms);
    }

    /// A message came.
    pub fn received(&mut self, socket: u32, now_ms: u64, bytes: &[u8]) {
        if let Some(line) = self.of_socket(socket).and_then(|which| self.line(which)) {
            line.client.received(now_ms, bytes);
        }
        self.pump(now_ms);
    }

    /// A socket is closed, or could not be opened.
    pub fn closed(&mut self, socket: u32, now_ms: u64, code: Option<u16>) {
        let random = u64::from_le_bytes(random(&mut self.random));
        if let Some(line) = self.of_socket(socket).and_then(|which| self.line(which)) {
            line.socket = None;
            line.client
                .closed(now_ms, code.and_then(Reason::from_close_code), random);
        }
        self.pump(now_ms);
    }

    /// Time went by.
    pub fn tick(&mut self, now_ms: u64) {
        for which in Which::ALL {
            if let Some(line) = self.line(which).filter(|line| !line.is_stopped) {
                line.client.tick(now_ms);
            }
        }
        if self.checkpoint_at_ms.is_some_and(|at| now_ms >= at) {
            self.checkpoint_at_ms = None;
            if let Some(desk) = self
                .desk
                .as_mut()
                .filter(|desk| desk.moved && desk.role().is_some() && self.keeps != Some(false))
            {
                // Another one follows the next change.
                let _ = desk.post_checkpoint(&mut self.random);
            }
        }
        if self.invitation_ends_ms().is_some_and(|at| now_ms >= at) {
            self.expire();
        }
        self.pump(now_ms);
    }

    /// When [`Courier::tick`] is due.
    pub fn wake_ms(&self) -> Option<u64> {
        let lines = (self.room.iter())
            .chain(self.look.iter().map(|look| &look.line))
            .chain(self.pairing.iter().map(|(_, line)| line));
        let wakes = lines
            .filter(|line| !line.is_stopped)
            .filter_map(|line| line.client.wake_ms());
        wakes
            .chain(self.checkpoint_at_ms)
            .chain(self.landing_by_ms)
            .chain(self.tidy_wake_ms)
            .chain(self.move_wake_ms)
            .chain(self.leave_by_ms)
            .chain(self.invitation_ends_ms())
            .min()
    }

    /// How far the workspace was mailed: empty for not at all.
    pub fn cursor(&self) -> &[u8] {
        self.desk.as_ref().map_or(&[], |desk| &desk.cursor)
    }

    /// Whether there is room for a parcel, and the right to send one.
    pub fn can_send(&self) -> bool {
        self.desk.as_ref().is_some_and(Desk::can_send)
    }

    /// A parcel for all other devices.
    ///
    /// # Errors
    /// When this device may not write, or the parcel is too large.
    pub fn send(&mut self, parcel: &[u8], cursor: Option<&[u8]>) -> Result<()> {
        let desk = self.desk.as_mut().ok_or(NOT_SHARED)?;
        desk.send(parcel, cursor, &mut self.random)?;
        if cursor.is_some() {
            self.mailed_all();
        }
        Ok(())
    }

    /// Every parcel that was polled is durable in the workspace.
    pub fn landed(&mut self, cursor: &[u8]) {
        if let Some(desk) = &mut self.desk {
            let given = std::mem::take(&mut self.given).min(desk.inbox.len());
            desk.inbox.drain(..given);
            desk.cursor = cursor.to_vec();
            desk.dirty = true;
            desk.has_landed();
            self.landing_by_ms = None;
        }
    }

    /// The next thing for the host.
    pub fn poll(&mut self, now_ms: u64) -> Option<Output> {
        if self.outputs.is_empty() {
            self.pump(now_ms);
        }
        let mut output = self.outputs.pop_front();
        match &mut output {
            Some(Output::Keep(bytes)) => *bytes = self.kept(),
            Some(Output::Parcel(_)) => self.given += 1,
            Some(Output::SendAll) => self.told(),
            // The state is read when it is shown, so once is enough for all that changed together.
            Some(Output::Changed) => {
                while self.outputs.front() == Some(&Output::Changed) {
                    self.outputs.pop_front();
                }
            }
            _ => {}
        }
        output
    }
}

impl Courier {
    fn kept(&mut self) -> Vec<u8> {
        self.is_keep_queued = false;
        self.is_pairing_new = false;
        if let (Some(desk), Some(line)) = (&mut self.desk, &self.room) {
            desk.place = line.client.place().or(desk.place);
            desk.dirty = false;
        }
        let pairing = self.pairing.as_ref().map(|(pairing, _)| pairing);
        crate::kept::write(&self.relay.base, self.desk.as_ref(), pairing)
    }
}

const NOT_SHARED: CourierError = CourierError::NotNow("this workspace is not shared");
const NO_PAIRING: CourierError = CourierError::NotNow("no device asks to come in");

fn problem(code: &'static str, message: String, hint: &'static str) -> Finding {
    Finding {
        code,
        message,
        hint,
        device: None,
    }
}

fn named(device: &str) -> Result<DeviceId> {
    let bad = CourierError::NotNow("there is no such device");
    let bytes: Option<Vec<u8>> = (0..device.len() / 2)
        .map(|at| {
            device
                .get(at * 2..at * 2 + 2)
                .and_then(|two| u8::from_str_radix(two, 16).ok())
        })
        .collect();
    let bytes = bytes.ok_or(bad.clone())?;
    bytes.try_into().map(DeviceId).map_err(|_| bad)
}
