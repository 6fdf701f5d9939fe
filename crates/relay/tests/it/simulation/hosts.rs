//! What the network and the devices' hosts do in a simulation, and what is checked on the way.

use super::World;
use crate::simulation::Wire;
use crate::world::{AUDIENCE, letter};
use selvage_relay::client::{Event, Output};
use selvage_relay::relay::Outgoing;
use selvage_relay::{LetterId, Life, LinkId, Nonce};

impl World {
    pub(super) fn pump(&mut self) {
        for link in self.relay.ready() {
            while let Some(out) = self.relay.take(self.now_ms, &self.store, link) {
                let wire = self.wires.get_mut(&link).expect("the relay knows of it");
                match out {
                    Outgoing::Message(bytes) => wire.to_device.push_back(bytes),
                    Outgoing::Close(reason) => {
                        wire.closed = Some(reason);
                        self.relay.closed(link);
                        if wire.abandoned {
                            self.wires.remove(&link);
                        }
                    }
                }
            }
        }
    }

    pub(super) fn poll(&mut self, at: usize) {
        while let Some(output) = self.devices[at].client.poll(self.now_ms) {
            match output {
                Output::Dial => {
                    self.links += 1;
                    let link = LinkId(self.links);
                    let (nonce, life) = (Nonce([at as u8; 32]), self.rng.next().to_le_bytes());
                    let life = Life([life, life].concat().try_into().expect("16"));
                    self.relay.opened(self.now_ms, link, AUDIENCE, nonce, life);
                    self.wires.insert(link, Wire::default());
                    self.devices[at].link = Some(link);
                    self.devices[at].client.opened(self.now_ms);
                }
                Output::Write(bytes) => {
                    let link = self.devices[at].link.expect("linked");
                    let wire = self.wires.get_mut(&link).expect("linked");
                    wire.to_relay.push_back(bytes);
                }
                Output::HangUp(reason) => {
                    assert_eq!(
                        reason,
                        selvage_relay::Reason::Idle,
                        "nobody breaks the rules"
                    );
                    self.break_link(at);
                    if self.devices[at].link.is_none()
                        && self.devices[at].client.wake_ms().is_none()
                    {
                        panic!("a client stopped");
                    }
                }
                Output::Event(event) => self.event(at, event),
            }
        }
    }

    fn event(&mut self, at: usize, event: Event) {
        let device = &mut self.devices[at];
        match event {
            Event::Letter { number, id, bytes } => {
                let before = *self.numbers.entry(number).or_insert(id);
                assert_eq!(before, id, "a number means one letter");
                assert!(bytes.iter().all(|byte| *byte == id.0[7]));
                device.known.insert(id);
                device.place = device.client.place();
            }
            Event::Appended { id, number } => {
                let before = *self.numbers.entry(number).or_insert(id);
                assert_eq!(before, id, "a letter has one number");
                if device.unacknowledged.remove(&id).is_some() {
                    assert!(
                        !device.passed.contains(&number),
                        "it is told what it passes"
                    );
                    self.counts.acknowledged += 1;
                    self.acknowledged.insert(id);
                } else {
                    self.counts.summaries += 1;
                }
            }
            Event::Passed { number } => {
                device.passed.insert(number);
            }
            Event::Refused { id, .. } => {
                device.unacknowledged.remove(&id);
            }
            Event::SummaryBegan { len, .. } => {
                device.summary = Some(Vec::with_capacity(len as usize))
            }
            Event::SummaryPart(bytes) => device.summary.as_mut().expect("began").extend(bytes),
            Event::SummaryEnded => {
                let summary = device.summary.take().expect("began");
                let ids = summary.as_chunks().0.iter().map(|id| LetterId(*id));
                device.known.extend(ids.filter(|id| *id != letter(0)));
                device.place = device.client.place();
                self.counts.taken_over += 1;
            }
            Event::Frame { link, bytes } => {
                let expected = device.expects.entry(link).or_default();
                assert_eq!(
                    bytes,
                    expected.to_le_bytes(),
                    "frames come in order, each once"
                );
                *expected += 1;
                self.counts.frames += 1;
            }
            Event::Closed { reason, retry_ms } => {
                device.expects.clear();
                device.passed.clear();
                assert!(retry_ms.is_some(), "a client stopped: {reason:?}");
            }
            Event::Opened { .. }
            | Event::Restarted
            | Event::Joined(..)
            | Event::Left(_)
            | Event::Writable(_)
            | Event::Rotated => {}
        }
    }
}
