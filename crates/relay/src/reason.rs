//! Why a link ends, and why a letter is not taken: closed lists.

/// Why a link ended, as the one who ended it says. On a WebSocket it is the close code
/// `4000 + reason` (RFC 6455, 7.4.2, private use).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[repr(u16)]
pub enum Reason {
    /// A message that no peer of this protocol sends, or not at this point.
    #[error("a message that this protocol does not have here")]
    Protocol = 1,
    /// The other side speaks another version.
    #[error("another version of the protocol")]
    Version = 2,
    /// The key is not the room's, or the signature is not the key's.
    #[error("the key does not open this room")]
    Denied = 3,
    /// The room has another access key now.
    #[error("the room has another access key now")]
    Rotated = 4,
    /// The same device came again.
    #[error("the device came again")]
    Replaced = 5,
    /// The link took too little of what was for it.
    #[error("the link takes too little of what is for it")]
    TooSlow = 6,
    /// The link said more than it may.
    #[error("the link says more than it may")]
    TooFast = 7,
    /// A message was longer than messages may be.
    #[error("a message is too long")]
    TooLong = 8,
    /// The link was silent for too long.
    #[error("the link was silent for too long")]
    Idle = 9,
    /// The room has no place for another link, or the relay for another room.
    #[error("there is no place left")]
    Full = 10,
    /// The relay could not read or keep something; what was acknowledged is kept.
    #[error("the relay's storage failed")]
    Storage = 11,
    /// The relay stops.
    #[error("the relay stops")]
    Stopping = 12,
}

impl Reason {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 12] = [
        Self::Protocol,
        Self::Version,
        Self::Denied,
        Self::Rotated,
        Self::Replaced,
        Self::TooSlow,
        Self::TooFast,
        Self::TooLong,
        Self::Idle,
        Self::Full,
        Self::Storage,
        Self::Stopping,
    ];

    /// The close code of a WebSocket.
    pub fn close_code(self) -> u16 {
        4000 + self as u16
    }

    /// The reason of a close code; `None` for those of others.
    pub fn from_close_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.close_code() == code)
    }

    /// Whether to dial again can help. It can't while key, version or place are the same; and two
    /// programs with one device's name would throw each other out for ever.
    pub fn is_passing(self) -> bool {
        !matches!(
            self,
            Self::Version | Self::Denied | Self::Rotated | Self::Replaced
        )
    }
}

/// Why a letter or a summary was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[repr(u8)]
pub enum Refusal {
    /// This relay keeps nothing.
    #[error("this relay keeps no letters")]
    NotKept = 1,
    /// The room's letters take all that they may: a summary makes room.
    #[error("the room is full")]
    RoomFull = 2,
    /// A summary covers nothing that is not covered yet, or what its sender can't have seen.
    #[error("the summary does not fit what the room holds")]
    Stale = 3,
    /// Another summary is on its way.
    #[error("another summary is on its way")]
    Busy = 4,
    /// A summary is empty or too long.
    #[error("the summary is empty or too long")]
    Length = 5,
}

impl Refusal {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 5] = [
        Self::NotKept,
        Self::RoomFull,
        Self::Stale,
        Self::Busy,
        Self::Length,
    ];
}
