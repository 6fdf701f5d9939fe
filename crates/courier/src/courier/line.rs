//! A link to the relay: the client, and the socket that it has.

use crate::state::LinkState;
use selvage_relay::client::Client;

/// One link.
pub(super) struct Line {
    pub client: Client,
    pub socket: Option<u32>,
    pub retry_at_ms: Option<u64>,
    pub is_stopped: bool,
}

impl Line {
    pub fn new(client: Client) -> Self {
        Self {
            client,
            socket: None,
            retry_at_ms: None,
            is_stopped: false,
        }
    }

    pub fn state(&self) -> LinkState {
        match (self.is_stopped, self.client.is_open(), self.retry_at_ms) {
            (true, ..) => LinkState::Off,
            (_, true, _) => LinkState::Open,
            (.., Some(_)) => LinkState::Waiting,
            (.., None) => LinkState::Connecting,
        }
    }
}

/// Which of the links.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Room,
    /// To a room that the members left.
    Left,
    Pairing,
}

impl Which {
    pub const ALL: [Self; 3] = [Self::Room, Self::Left, Self::Pairing];
}
