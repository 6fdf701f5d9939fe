//! How a simulation ends: everybody comes together, and what is there is compared with what was
//! acknowledged.

use super::World;
use crate::world::ROOM;
use selvage_relay::Limits;
use selvage_relay::store::Read;
use std::collections::BTreeSet;

impl World {
    /// All is well from now on: everybody comes together.
    pub(super) fn settle(&mut self) {
        for _ in 0..4000 {
            self.now_ms += 500;
            self.relay.tick(self.now_ms);
            if self.flight.is_none() {
                self.begin_batch();
            }
            if let Some((batch, is_kept)) = self.flight.take() {
                if !is_kept {
                    self.store.commit(&batch);
                }
                self.relay.committed(true);
            }
            self.notice();
            for at in 0..self.devices.len() {
                self.devices[at].client.tick(self.now_ms);
                self.deliver_to_relay(at);
                self.pump();
                self.deliver_to_device(at);
                self.deliver_to_device(at);
                self.poll(at);
            }
            if self.is_settled() {
                return;
            }
        }
        panic!("does not settle");
    }

    fn is_settled(&self) -> bool {
        let room = self.store.room(&ROOM).expect("memory");
        let last = room.map(|room| room.last);
        self.flight.is_none()
            && self
                .wires
                .values()
                .all(|wire| wire.to_relay.is_empty() && wire.to_device.is_empty())
            && self.devices.iter().all(|device| {
                let number = device.client.place().map(|place| place.number);
                device.client.is_open() && device.client.pending() == 0 && number == last
            })
    }

    pub(super) fn check(&self) {
        let room = self.store.room(&ROOM).expect("memory").expect("made");
        let mut seen = BTreeSet::new();
        for number in 1..=room.last {
            let mark = self
                .store
                .mark(&ROOM, number)
                .expect("memory")
                .expect("kept");
            assert!(seen.insert(mark.id), "a letter is kept once");
        }
        assert!(
            self.acknowledged.iter().all(|id| seen.contains(id)),
            "what was acknowledged is kept"
        );
        let letters = (room.covers + 1..=room.last).map(|number| self.store.letter(&ROOM, number));
        let kept: usize = letters
            .map(|it| it.expect("memory").map_or(0, |it| it.len()))
            .sum();
        assert_eq!(
            self.store.bytes(),
            kept + room.summary_len as usize,
            "nothing is left behind"
        );
        for device in &self.devices {
            let numbers = device.wrote.iter().map(|id| self.store.number(&ROOM, id));
            let numbers: Vec<_> = numbers.filter_map(|it| it.expect("memory")).collect();
            // One that was refused by a full room, and comes again, comes after later ones.
            let is_full = self.limits != Limits::default();
            let is_sorted = is_full || numbers.is_sorted();
            assert!(is_sorted, "a device's letters keep their order");
            let lost: Vec<_> = self.acknowledged.difference(&device.known).collect();
            assert!(lost.is_empty(), "device {} lacks {lost:?}", device.at);
        }
    }
}
