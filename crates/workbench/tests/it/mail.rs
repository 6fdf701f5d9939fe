//! Engines that are never there at the same time, and somebody who carries parcels between them.

use crate::common::Host;
use selvage_workbench::{Effect, Event, Notice};
use serde_json::json;

/// A host whose parcels are collected.
struct Device {
    host: Host,
    cursor: Vec<u8>,
}

impl Device {
    fn of(mut host: Host, writes: bool) -> Self {
        let cursor = Vec::new();
        host.tell(Event::MailOpened {
            cursor: cursor.clone(),
            writes,
        });
        Self { host, cursor }
    }

    /// Takes what the host left, keeping each parcel before the next is made.
    fn left(&mut self) -> Vec<Vec<u8>> {
        let mut parcels = Vec::new();
        loop {
            let effects = std::mem::take(&mut self.host.others);
            let mut found = false;
            for effect in effects {
                match effect {
                    Effect::Parcel { bytes, cursor } => {
                        found = true;
                        parcels.push(bytes);
                        self.cursor = cursor.unwrap_or_else(|| self.cursor.clone());
                    }
                    Effect::Landed { cursor } => self.cursor = cursor,
                    other => panic!("{other:?}"),
                }
            }
            if !found {
                return parcels;
            }
            self.host.tell(Event::ParcelKept);
        }
    }

    fn open(&mut self, parcels: &[Vec<u8>]) {
        for bytes in parcels {
            let bytes = bytes.clone();
            self.host.tell(Event::ParcelCame { bytes });
        }
    }

    fn read(&mut self, path: &str) -> String {
        let read = self.host.call("read", json!({ "path": path }));
        read.map_or_else(
            |error| error.code.as_str().to_owned(),
            |value| value["content"].as_str().unwrap_or_default().to_owned(),
        )
    }

    fn write(&mut self, path: &str, content: &str) {
        let input = json!({ "path": path, "content": content });
        self.host.ok("write", input);
    }
}

#[test]
fn a_device_that_wakes_up_later_gets_all_that_was_left_and_leaves_its_own() {
    let mut a = Device::of(Host::new(), true);
    let mut b = Device::of(Host::empty(2), true);
    a.write("notes.md", "bread");
    let parcels = a.left();

    b.open(&parcels);
    assert_eq!(b.read("notes.md"), "bread");
    let told = b.host.notices.iter().any(|notice| {
        matches!(notice, Notice::Changed { paths, .. } if paths.contains(&"notes.md".to_owned()))
    });
    assert!(told, "{:?}", b.host.notices);
    assert_eq!(b.left(), [] as [Vec<u8>; 0], "what came is not left again");

    b.write("notes.md", "bread and butter");
    a.open(&b.left());
    assert_eq!(a.read("notes.md"), "bread and butter");
}

#[test]
fn typing_is_left_when_it_pauses_and_not_at_every_key() {
    let mut a = Device::of(Host::new(), true);
    a.write("notes.md", "b");
    a.left();
    for length in 1..=5 {
        a.host.now_ms += 100;
        a.host.types("notes.md", &"bread"[..length]);
    }
    assert_eq!(a.left().len(), 0, "still typing");
    a.host.now_ms += 1_000;
    a.host.tell(Event::Woken);
    assert_eq!(a.left().len(), 1);
}

#[test]
fn a_device_that_goes_on_from_its_cursor_leaves_nothing_twice() {
    let mut a = Device::of(Host::new(), true);
    a.left();
    let cursor = a.cursor.clone();
    a.host.tell(Event::MailClosed);
    a.host.tell(Event::MailOpened {
        cursor,
        writes: true,
    });
    assert_eq!(a.left(), [] as [Vec<u8>; 0]);
}

#[test]
fn whoever_may_only_look_leaves_nothing() {
    let mut viewer = Device::of(Host::new(), false);
    viewer.write("notes.md", "mine");
    assert_eq!(viewer.left(), [] as [Vec<u8>; 0]);
}

#[test]
fn a_parcel_that_is_none_is_told_and_does_no_harm() {
    let mut a = Device::of(Host::new(), true);
    a.left();
    a.open(&[b"garbage".to_vec()]);
    assert!(matches!(
        a.host.notices.last(),
        Some(Notice::MailFailed { .. })
    ));
    a.write("notes.md", "bread");
    assert_eq!(a.left().len(), 1, "and it goes on");
}

#[test]
fn what_comes_between_two_parcels_does_not_pass_for_the_second() {
    let mut a = Device::of(Host::new(), true);
    let mut b = Device::of(Host::empty(2), true);
    b.open(&a.left());
    b.write("from-b.md", "milk");
    let from_b = b.left();
    // More than one parcel holds, and something comes after the first.
    for file in 0..4 {
        let content = noise(file, 200 * 1024);
        a.write(&format!("{file}.md"), &content);
    }
    a.host.tell(Event::MailClosed);
    let cursor = a.cursor.clone();
    a.host.others.clear();
    a.host.tell(Event::MailOpened {
        cursor: cursor.clone(),
        writes: true,
    });
    a.open(&from_b);
    let landed = |effect: &Effect| matches!(effect, Effect::Landed { .. });
    let parcels = |device: &Device| {
        let all = device.host.others.iter();
        all.filter(|effect| matches!(effect, Effect::Parcel { .. }))
            .count()
    };
    assert_eq!(parcels(&a), 1, "the others wait until it is kept");
    assert!(!a.host.others.iter().any(landed), "it was not all mailed");
    let left = a.left();
    assert!(left.len() > 1, "{}", left.len());
    assert_ne!(a.cursor, cursor, "now it was, and what came has landed");
    b.open(&left);
    assert_eq!(b.read("3.md"), noise(3, 200 * 1024));
    assert_eq!(a.read("from-b.md"), "milk");
}

/// A text that can't be made smaller, the same in every run.
fn noise(seed: u64, length: usize) -> String {
    let mut state = seed + 1;
    let letter = |state: &mut u64| {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(b'0' + (*state >> 58) as u8)
    };
    (0..length).map(|_| letter(&mut state)).collect()
}
