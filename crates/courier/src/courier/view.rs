//! What a person sees.

use super::*;
use crate::state::Linked;

impl Courier {
    /// What is shown.
    pub fn state(&self) -> State {
        let seat = self.desk.as_ref().map(|desk| &desk.seat);
        let mut members = Vec::new();
        let desks = self.desk.iter();
        for (desk, member) in
            desks.flat_map(|desk| desk.seat.members().iter().map(move |member| (desk, member)))
        {
            let seat = &desk.seat;
            let is_self = member.device == seat.device();
            let name = desk.meeting.name(seat, member.device);
            let online = self
                .room
                .iter()
                .flat_map(|line| line.client.peers())
                .any(|(_, peer)| peer == name);
            let linked = self.live.linked(member.device);
            let is_open = self.room.as_ref().is_some_and(|line| line.client.is_open());
            members.push(MemberState {
                id: hex(member.device),
                name: member.name.clone(),
                role: member.role.into(),
                is_self,
                online: online || linked != Linked::Mail || is_self && is_open,
                linked,
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
            passing: self.keeps == Some(false),
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
}
