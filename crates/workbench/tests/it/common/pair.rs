//! Two engines that are each other's peer.

use super::Host;
use selvage_workbench::{Effect, Event};
use serde_json::Value;

/// Two hosts with a link between them that loses nothing.
pub struct Pair {
    pub hosts: [Host; 2],
    pub caught_up: [bool; 2],
    pub hung_up: [bool; 2],
}

/// The number that each has for the other.
pub const PEER: u32 = 9;

impl Pair {
    /// A host that has worked for a while, and one that has nothing yet.
    pub fn new() -> Self {
        Self::of(Host::new(), Host::empty(2))
    }

    pub fn of(a: Host, b: Host) -> Self {
        let mut pair = Self {
            hosts: [a, b],
            caught_up: [false; 2],
            hung_up: [false; 2],
        };
        for (at, host) in pair.hosts.iter_mut().enumerate() {
            host.tell(Event::PeerJoined {
                peer: PEER,
                initiator: at == 1,
            });
        }
        pair.settle();
        pair
    }

    /// Carries frames until nobody has anything to say.
    pub fn settle(&mut self) {
        loop {
            let mut quiet = true;
            for at in 0..2 {
                for effect in std::mem::take(&mut self.hosts[at].others) {
                    match effect {
                        Effect::Send { peer, frame } => {
                            assert_eq!(peer, PEER);
                            quiet = false;
                            self.hosts[1 - at].tell(Event::PeerSent { peer: PEER, frame });
                        }
                        Effect::CaughtUp { .. } => self.caught_up[at] = true,
                        Effect::Hangup { .. } => self.hung_up[at] = true,
                        other => panic!("{other:?}"),
                    }
                }
            }
            if quiet {
                return;
            }
        }
    }

    /// Cuts the link.
    pub fn part(&mut self) {
        for host in &mut self.hosts {
            host.tell(Event::PeerGone { peer: PEER });
        }
    }

    /// The two with a new link.
    pub fn again(self) -> Self {
        let [a, b] = self.hosts;
        Self::of(a, b)
    }

    /// Calls a tool that must succeed, and lets the other one hear of it.
    pub fn call(&mut self, at: usize, name: &str, input: Value) -> Value {
        let value = self.hosts[at].call(name, input).expect("it works");
        self.settle();
        value
    }
}
