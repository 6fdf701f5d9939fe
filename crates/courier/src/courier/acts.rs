//! What a person asks for.

use super::*;

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

    pub(super) fn end_pairing(&mut self) {
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
}
