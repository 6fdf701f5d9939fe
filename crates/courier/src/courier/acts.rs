//! What a person asks for.

use super::*;
use crate::limits::LEAVE_MS_MAX;

const ONLY_OWNER: CourierError = CourierError::NotNow(
    "this device is the only owner: make another one an owner first, or take the others out",
);

const MOVING: CourierError = CourierError::NotNow(
    "the devices are going to another room of the relay, since one was taken out: try again in a minute",
);

impl Courier {
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
                let is_leaving = act == Act::Leave;
                if is_leaving && self.leave_by_ms.is_some() {
                    return Err(CourierError::NotNow("this device is leaving already"));
                }
                if is_leaving && desk.is_only_owner() {
                    return Err(ONLY_OWNER);
                }
                let ops = match act {
                    Act::Invite {
                        role,
                        history,
                        base,
                    } => return self.invite(role.into(), history, &base, now_ms),
                    // The new device could not read where the others went.
                    Act::Accept if desk.move_due().is_some() && self.keeps == Some(true) => {
                        return Err(MOVING);
                    }
                    Act::Accept => {
                        let (pairing, _) = self.pairing.as_mut().ok_or(NO_PAIRING)?;
                        let ops = pairing.accept(&mut desk.seat, &desk.meeting, now_ms, random)?;
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
                    Act::Dismiss { code, device } => {
                        desk.dismiss(&code, device.as_deref().map(named).transpose()?);
                        Vec::new()
                    }
                    Act::Keep { device } => desk.keep(named(&device)?, random)?,
                    // Done above.
                    Act::CancelJoin | Act::CancelInvitation | Act::Refuse | Act::Retry => {
                        Vec::new()
                    }
                };
                if is_leaving {
                    self.leave_by_ms = Some(now_ms + LEAVE_MS_MAX);
                }
                desk.dirty = true;
                desk.post_ops(&ops, random)?;
                self.look_at_role();
            }
        }
        self.pump(now_ms);
        Ok(())
    }

    pub(super) fn enter_again(&mut self, now_ms: u64) -> Result<()> {
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

    pub(super) fn invite(
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
        self.end_pairing();
        let side = Side::Inviter {
            inviter: Box::new(inviter),
            role,
            link,
            welcome: None,
        };
        let device = random(&mut self.random);
        self.pair(Pairing::new(side, device))?;
        self.tick(now_ms);
        Ok(())
    }

    /// When an invitation that nobody came in with is void.
    pub(super) fn invitation_ends_ms(&self) -> Option<u64> {
        let (pairing, _) = self.pairing.as_ref()?;
        match &pairing.side {
            Side::Inviter {
                welcome: Some(_), ..
            } => None,
            _ => Some(pairing.invitation()?.expires_ms()),
        }
    }

    /// Nobody came in time.
    pub(super) fn expire(&mut self) {
        if self.desk.is_none() {
            self.problem = Some(problem(
                "PAIRING",
                "The invitation's time is over.".into(),
                "Ask for a new link.",
            ));
        }
        self.end_pairing();
    }

    /// A device that leaves is out when the relay has kept that, or when it waited long enough.
    pub(super) fn look_at_leaving(&mut self, now_ms: u64) {
        let told = self.desk.as_ref().is_none_or(|desk| desk.outbox.is_empty());
        if self.leave_by_ms.is_some_and(|by| told || now_ms >= by) {
            self.leave_by_ms = None;
            self.outputs.push_back(Output::Left { told });
        }
    }

    pub(super) fn end_pairing(&mut self) {
        self.is_pairing_over = false;
        self.is_pairing_new |= self.pairing.is_some();
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
}
