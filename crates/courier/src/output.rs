//! What the courier wants of its host.

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
    /// This device is out, and everything that is kept of the others is forgotten.
    Left {
        /// Whether the relay kept that it left.
        told: bool,
    },
    /// The state is to be shown anew.
    Changed,
    /// A device said something, now; see [`crate::Courier::say`].
    Said {
        /// Which device, as [`crate::MemberState::id`] has it.
        device: String,
        /// What.
        text: String,
    },
    /// Bytes go out over the direct link to a device; see [`crate::Courier::direct_opened`].
    Direct {
        /// To which device.
        device: String,
        /// What: one message.
        bytes: Vec<u8>,
    },
}
