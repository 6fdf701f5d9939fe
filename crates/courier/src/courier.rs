//! The courier: see the crate.

use crate::address::Address;
use crate::desk::{Desk, hex, random};
use crate::limits::{CHECKPOINT_MS, INVITATION_MS};
use crate::pairing::{self, Met, Pairing, Side};
use crate::state::{
    Act, Finding, InvitationState, JoiningState, LinkState, MemberState, State, Step,
};
use crate::{CourierError, Result};
use selvage_relay::client::{self, Client, Event, Profile};
use selvage_relay::{AccessKey, LetterId, Reason, RelayError, RoomId};
use selvage_trust::{DeviceId, History, Identity, Invitation, Inviter, Joiner, Seat};
use std::collections::VecDeque;

/// Fills bytes with randomness of the system.
pub type Random = Box<dyn FnMut(&mut [u8])>;

/// What the host does, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// These bytes are durable before the next output is performed.
    Keep(Vec<u8>),
    /// A socket is opened.
    Dial {
        /// Its number from now on.
        socket: u32,
        /// Where.
        address: String,
    },
    /// A message goes out.
    Write {
        /// On which socket.
        socket: u32,
        /// What.
        bytes: Vec<u8>,
    },
    /// A socket is closed.
    HangUp {
        /// Which.
        socket: u32,
        /// The close code.
        code: u16,
    },
    /// A parcel lands in the workspace.
    Parcel(Vec<u8>),
    /// Everything is mailed from the beginning.
    SendAll,
    /// The state is to be shown anew.
    Changed,
}

struct Line {
    client: Client,
    socket: Option<u32>,
    retry_at_ms: Option<u64>,
    is_stopped: bool,
}

impl Line {
    fn new(client: Client) -> Self {
        Self {
            client,
            socket: None,
            retry_at_ms: None,
            is_stopped: false,
        }
    }

    fn state(&self) -> LinkState {
        match (self.is_stopped, self.client.is_open(), self.retry_at_ms) {
            (true, ..) => LinkState::Off,
            (_, true, _) => LinkState::Open,
            (.., Some(_)) => LinkState::Waiting,
            (.., None) => LinkState::Connecting,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Room,
    Pairing,
}

/// See the crate.
pub struct Courier {
    random: Random,
    relay: Address,
    desk: Option<Desk>,
    room: Option<Line>,
    pairing: Option<(Pairing, Line)>,
    /// The pairing ends when what it has to say is said.
    is_pairing_over: bool,
    outputs: VecDeque<Output>,
    sockets: u32,
    /// Parcels of the inbox that the host has.
    given: usize,
    checkpoint_at_ms: Option<u64>,
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
        let device = self::random(&mut random);
        let profile = pairing::profile(&invitation, &relay.audience, device);
        let (joiner, request) = Joiner::new(identity, name, invitation, now_ms, &mut random)?;
        let joiner = Some(Box::new(joiner));
        let side = Side::Joiner {
            joiner,
            request,
            identity: kept,
            welcome: Vec::new(),
            inviter: None,
        };
        let mut courier = Self::new(relay, random);
        courier.pairing = Some((Pairing::new(side), Line::new(Client::new(profile, None)?)));
        Ok(courier)
    }

    /// Goes on from the last [`Output::Keep`].
    ///
    /// # Errors
    /// When the bytes are not those.
    pub fn from_bytes(bytes: &[u8], random: Random) -> Result<Self> {
        let (relay, desk) = Desk::from_bytes(bytes)?;
        let mut courier = Self::new(Address::parse(&relay)?, random);
        courier.sit(desk)?;
        Ok(courier)
    }

    fn new(relay: Address, random: Random) -> Self {
        Self {
            random,
            relay,
            desk: None,
            room: None,
            pairing: None,
            is_pairing_over: false,
            outputs: VecDeque::from([Output::Changed]),
            sockets: 0,
            given: 0,
            checkpoint_at_ms: None,
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
        let profile = Profile {
            audience: self.relay.audience.clone(),
            room: RoomId(*desk.seat.derive("relay room")),
            device: relay_name(&desk.seat, desk.seat.device()),
            access: AccessKey::from_secret(&desk.seat.derive("relay access")),
        };
        self.room = Some(Line::new(Client::new(profile, desk.place)?));
        self.look_at_role();
        Ok(())
    }

    fn line(&mut self, which: Which) -> Option<&mut Line> {
        match which {
            Which::Room => self.room.as_mut(),
            Which::Pairing => self.pairing.as_mut().map(|(_, line)| line),
        }
    }

    fn of_socket(&mut self, socket: u32) -> Option<Which> {
        [Which::Room, Which::Pairing].into_iter().find(|&which| {
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
        for which in [Which::Room, Which::Pairing] {
            if let Some(line) = self.line(which).filter(|line| !line.is_stopped) {
                line.client.tick(now_ms);
            }
        }
        if self.checkpoint_at_ms.is_some_and(|at| now_ms >= at) {
            self.checkpoint_at_ms = None;
            if let Some(desk) = self
                .desk
                .as_mut()
                .filter(|desk| desk.moved && desk.role().is_some())
            {
                // Another one follows the next change.
                let _ = desk.post_checkpoint(&mut self.random);
            }
        }
        self.pump(now_ms);
    }

    /// When [`Courier::tick`] is due.
    pub fn wake_ms(&self) -> Option<u64> {
        let lines = self
            .room
            .iter()
            .chain(self.pairing.iter().map(|(_, line)| line));
        let wakes = lines
            .filter(|line| !line.is_stopped)
            .filter_map(|line| line.client.wake_ms());
        wakes.chain(self.checkpoint_at_ms).min()
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
        desk.send(parcel, cursor, &mut self.random)
    }

    /// Every parcel that was polled is durable in the workspace.
    pub fn landed(&mut self, cursor: &[u8]) {
        if let Some(desk) = &mut self.desk {
            let given = std::mem::take(&mut self.given).min(desk.inbox.len());
            desk.inbox.drain(..given);
            desk.cursor = cursor.to_vec();
            desk.dirty = true;
        }
    }

    /// A person asks for something.
    ///
    /// # Errors
    /// When it makes no sense now, or is not allowed.
    pub fn act(&mut self, act: Act, now_ms: u64) -> Result<()> {
        self.outputs.push_back(Output::Changed);
        match act {
            Act::CancelJoin | Act::CancelInvitation => self.end_pairing(),
            Act::Refuse => {
                let (pairing, _) = self.pairing.as_mut().ok_or(NO_PAIRING)?;
                pairing.refuse();
                self.is_pairing_over = true;
            }
            Act::Retry => {
                self.problem = None;
                self.enter_again(now_ms)?;
            }
            act => {
                let (Some(desk), random) = (self.desk.as_mut(), &mut self.random) else {
                    return Err(NOT_SHARED);
                };
                let own = desk.seat.device();
                let ops = match act {
                    Act::Invite {
                        role,
                        history,
                        base,
                    } => return self.invite(role.into(), history, &base, now_ms),
                    Act::Accept => {
                        let (pairing, _) = self.pairing.as_mut().ok_or(NO_PAIRING)?;
                        let ops = pairing.accept(&mut desk.seat, now_ms, random)?;
                        // What came before the welcome, the new device can't admit.
                        desk.cursor.clear();
                        self.outputs.push_back(Output::SendAll);
                        ops
                    }
                    Act::SetRole { device, role } => {
                        vec![desk.seat.set_role(named(&device)?, role.into())?]
                    }
                    Act::Revoke { device } => desk.seat.revoke(named(&device)?, random)?,
                    Act::Leave => desk.seat.revoke(own, random).unwrap_or_default(),
                    Act::Rename { name } => vec![desk.seat.rename(own, &name)?],
                    _ => desk.seat.follow_up(random)?,
                };
                desk.dirty = true;
                desk.post_ops(&ops, random)?;
                self.look_at_role();
            }
        }
        self.pump(now_ms);
        Ok(())
    }

    fn enter_again(&mut self, now_ms: u64) -> Result<()> {
        match &mut self.room {
            Some(line) if !line.is_stopped => line.client.hurry(),
            _ => self.enter()?,
        }
        if let Some((_, line)) = &mut self.pairing {
            line.client.hurry();
        }
        self.tick(now_ms);
        Ok(())
    }

    fn invite(
        &mut self,
        role: selvage_trust::Role,
        history: bool,
        base: &str,
        now_ms: u64,
    ) -> Result<()> {
        let desk = self.desk.as_ref().ok_or(NOT_SHARED)?;
        let history = if history {
            History::Readable
        } else {
            History::Hidden
        };
        let times = (now_ms, now_ms + INVITATION_MS);
        let inviter = Inviter::new(
            &desk.seat,
            role,
            history,
            &self.relay.base,
            times,
            &mut self.random,
        )?;
        let link = inviter.invitation().link(base)?;
        let profile = pairing::profile(
            inviter.invitation(),
            &self.relay.audience,
            random(&mut self.random),
        );
        let client = Client::new(profile, None)?;
        self.end_pairing();
        let side = Side::Inviter {
            inviter: Box::new(inviter),
            role,
            link,
            welcome: None,
        };
        self.pairing = Some((Pairing::new(side), Line::new(client)));
        self.tick(now_ms);
        Ok(())
    }

    fn end_pairing(&mut self) {
        self.is_pairing_over = false;
        if let Some((
            _,
            Line {
                socket: Some(socket),
                ..
            },
        )) = self.pairing.take()
        {
            self.outputs
                .push_back(Output::HangUp { socket, code: 1000 });
        }
        self.outputs.push_back(Output::Changed);
    }

    /// What is shown.
    pub fn state(&self, _now_ms: u64) -> State {
        let seat = self.desk.as_ref().map(|desk| &desk.seat);
        let mut members = Vec::new();
        for (seat, member) in seat
            .iter()
            .flat_map(|seat| seat.members().iter().map(move |member| (seat, member)))
        {
            let is_self = member.device == seat.device();
            let name = relay_name(seat, member.device);
            let online = self
                .room
                .iter()
                .flat_map(|line| line.client.peers())
                .any(|(_, peer)| peer == name);
            let is_open = self.room.as_ref().is_some_and(|line| line.client.is_open());
            members.push(MemberState {
                id: hex(member.device),
                name: member.name.clone(),
                role: member.role.into(),
                is_self,
                online: online || is_self && is_open,
            });
        }
        let (mut invitation, mut joining) = (None, None);
        if let Some((pairing, line)) = &self.pairing {
            let code = pairing.code.map(|code| code.to_string());
            let step = match (&code, line.client.is_open()) {
                (Some(_), _) => Step::Compare,
                (None, true) => Step::Waiting,
                (None, false) => Step::Connecting,
            };
            match &pairing.side {
                Side::Inviter {
                    inviter,
                    role,
                    link,
                    welcome,
                } => {
                    let is_accepted = welcome.is_some();
                    invitation = Some(InvitationState {
                        link: link.clone(),
                        role: (*role).into(),
                        until_ms: inviter.invitation().expires_ms(),
                        step: if code.is_some() && !is_accepted {
                            Step::Compare
                        } else {
                            Step::Waiting
                        },
                        code,
                        name: pairing.name.clone(),
                    });
                }
                Side::Joiner { joiner, .. } if joiner.is_some() => {
                    joining = Some(JoiningState {
                        step,
                        code,
                        relay: self.relay.base.clone(),
                    });
                }
                Side::Joiner { .. } => {}
            }
        }
        let line = self.room.as_ref();
        State {
            elsewhere: false,
            shared: self.desk.is_some(),
            relay: Some(self.relay.base.clone()),
            link: line.map_or(LinkState::Off, Line::state),
            retry_at_ms: line.and_then(|line| line.retry_at_ms),
            pending: self.desk.as_ref().map_or(0, |desk| desk.outbox.len()),
            workspace: seat.map(|seat| seat.workspace().to_string()),
            members,
            invitation,
            joining,
            findings: self.desk.as_ref().map(Desk::findings).unwrap_or_default(),
            problem: self.problem.clone(),
        }
    }

    /// The next thing for the host.
    pub fn poll(&mut self, now_ms: u64) -> Option<Output> {
        if self.outputs.is_empty() {
            self.pump(now_ms);
        }
        let output = self.outputs.pop_front();
        if let Some(Output::Parcel(_)) = output {
            self.given += 1;
        }
        output
    }

    /// Moves everything on until it rests. What is kept is queued before what goes out.
    fn pump(&mut self, now_ms: u64) {
        loop {
            self.keep();
            self.hand(now_ms);
            let is_room_moved = self.drain(Which::Room, now_ms);
            let is_pairing_moved = self.drain(Which::Pairing, now_ms);
            let is_dirty = self.desk.as_ref().is_some_and(|desk| desk.dirty);
            if !is_room_moved && !is_pairing_moved && !is_dirty {
                break;
            }
        }
        if self.is_pairing_over {
            self.end_pairing();
        }
        if self.checkpoint_at_ms.is_none() && self.desk.as_ref().is_some_and(|desk| desk.moved) {
            self.checkpoint_at_ms = Some(now_ms + CHECKPOINT_MS);
        }
    }

    fn keep(&mut self) {
        let Some(desk) = &mut self.desk else {
            return;
        };
        if let Some(line) = &self.room {
            desk.place = line.client.place().or(desk.place);
        }
        if std::mem::take(&mut desk.dirty) {
            self.outputs
                .push_back(Output::Keep(desk.to_bytes(&self.relay.base)));
            self.outputs.push_back(Output::Changed);
        }
        let fresh = desk.fresh();
        let parcels = desk.inbox.iter().skip(desk.inbox.len() - fresh);
        self.outputs.extend(parcels.cloned().map(Output::Parcel));
    }

    /// Hands kept letters and frames to the clients.
    fn hand(&mut self, now_ms: u64) {
        if let (Some(desk), Some(line)) = (&mut self.desk, &mut self.room) {
            for letter in desk.outbox.iter_mut().filter(|letter| !letter.handed) {
                match line
                    .client
                    .append(LetterId(letter.id), letter.bytes.clone())
                {
                    Ok(()) => letter.handed = true,
                    Err(RelayError::OutboxFull) => break,
                    Err(_) => letter.handed = true,
                }
            }
        }
        if let Some((pairing, line)) = &mut self.pairing {
            pairing.flush(&mut line.client, now_ms);
        }
    }

    fn drain(&mut self, which: Which, now_ms: u64) -> bool {
        let mut is_moved = false;
        while let Some(output) = self.line(which).and_then(|line| line.client.poll(now_ms)) {
            is_moved = true;
            let socket = self.line(which).and_then(|line| line.socket);
            match (output, socket) {
                (client::Output::Dial, _) => {
                    self.sockets += 1;
                    let socket = self.sockets;
                    let address = self.relay.dialled();
                    if let Some(line) = self.line(which) {
                        line.socket = Some(socket);
                        line.retry_at_ms = None;
                    }
                    self.outputs.push_back(Output::Dial { socket, address });
                    self.outputs.push_back(Output::Changed);
                }
                (client::Output::Write(bytes), Some(socket)) => {
                    self.outputs.push_back(Output::Write { socket, bytes })
                }
                (client::Output::HangUp(reason), Some(socket)) => {
                    let code = reason.close_code();
                    self.outputs.push_back(Output::HangUp { socket, code });
                }
                (client::Output::Event(event), _) => match which {
                    Which::Room => self.hear_room(event, now_ms),
                    Which::Pairing => self.hear_pairing(event, now_ms),
                },
                (client::Output::Write(_) | client::Output::HangUp(_), None) => {}
            }
        }
        is_moved
    }

    fn hear_room(&mut self, event: Event, now_ms: u64) {
        if let Event::Closed { reason, retry_ms } = event {
            if let Some(line) = &mut self.room {
                line.retry_at_ms = retry_ms.map(|wait| now_ms + wait);
                line.is_stopped |= retry_ms.is_none();
            }
            if let (Some(reason), None) = (reason, retry_ms) {
                self.problem = Some(problem(
                    "RELAY",
                    format!("The relay ended the link: {reason}."),
                    "Try again, or ask whoever runs the relay.",
                ));
            }
            self.outputs.push_back(Output::Changed);
            return;
        }
        let Some(desk) = &mut self.desk else {
            return;
        };
        match event {
            Event::Opened { keeps: false } => {
                self.problem = Some(problem(
                    "NOT_KEPT",
                    "This relay keeps nothing for devices that sleep.".into(),
                    "Use a relay with storage.",
                ))
            }
            Event::Restarted => {
                desk.rebase();
                let all = desk.post_log(&mut self.random);
                if all.is_ok()
                    && desk
                        .role()
                        .is_some_and(|role| role >= selvage_trust::Role::Editor)
                {
                    desk.cursor.clear();
                    self.outputs.push_back(Output::SendAll);
                }
            }
            Event::Appended { id, .. } => desk.acknowledged(id),
            Event::Refused { refusal, .. } => {
                self.problem = Some(problem(
                    "NOT_TAKEN",
                    format!("The relay does not take a letter: {refusal}."),
                    "Try again later, or use another relay.",
                ))
            }
            Event::Letter { bytes, .. } => {
                desk.received(&bytes, &mut self.random);
                self.look_at_role();
            }
            _ => {}
        }
        self.outputs.push_back(Output::Changed);
    }

    fn hear_pairing(&mut self, event: Event, now_ms: u64) {
        let Some((pairing, line)) = &mut self.pairing else {
            return;
        };
        let seat = self.desk.as_ref().map(|desk| &desk.seat);
        let met = match event {
            Event::Joined(link, _) => {
                pairing.joined(link);
                Met::Nothing
            }
            Event::Left(link) => {
                pairing.left(link);
                Met::Nothing
            }
            Event::Frame { link, bytes } => {
                pairing.heard(link, &bytes, seat, now_ms, &mut self.random)
            }
            Event::Closed { retry_ms, .. } => {
                line.is_stopped |= retry_ms.is_none();
                Met::Changed
            }
            Event::Opened { .. } => Met::Changed,
            _ => Met::Nothing,
        };
        match met {
            Met::Nothing => return,
            Met::Changed => {}
            Met::In(seat) => {
                if let Side::Joiner { identity, .. } = &pairing.side {
                    let desk = Desk::new(*seat, identity.clone());
                    if let Err(error) = self.sit(desk) {
                        self.problem =
                            Some(problem("PAIRING", error.to_string(), "Ask for a new link."));
                    }
                }
                self.is_pairing_over = true;
                if let Some(line) = &mut self.room {
                    line.client.tick(now_ms);
                }
            }
            Met::Over(error) => {
                self.problem = Some(problem(
                    "PAIRING",
                    format!("The devices did not come together: {error}."),
                    "Ask for a new link.",
                ));
                self.is_pairing_over = true;
            }
            Met::Done => self.is_pairing_over = true,
        }
        self.outputs.push_back(Output::Changed);
    }

    /// A device that was taken out has nothing to look for at the relay.
    fn look_at_role(&mut self) {
        let is_out = self.desk.as_ref().is_some_and(|desk| desk.role().is_none());
        let is_left = self
            .desk
            .as_ref()
            .is_some_and(|desk| desk.outbox.iter().any(|letter| !letter.handed));
        if !is_out || is_left {
            return;
        }
        self.problem = Some(problem(
            "REVOKED",
            "This device was taken out. Its workspace stays here.".into(),
            "Leave, and join again with a new link.",
        ));
        if let Some(line) = &mut self.room {
            line.is_stopped = true;
            if let Some(socket) = line.socket.take() {
                self.outputs
                    .push_back(Output::HangUp { socket, code: 1000 });
            }
        }
    }
}

const NOT_SHARED: CourierError = CourierError::NotNow("this workspace is not shared");
const NO_PAIRING: CourierError = CourierError::NotNow("no device asks to come in");

/// How a device is called at the relay: members know it, the relay does not know who that is.
fn relay_name(seat: &Seat, device: DeviceId) -> selvage_relay::DeviceId {
    selvage_relay::DeviceId(*seat.derive(&format!("relay device {}", hex(device))))
}

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
