//! Names on the wire: bytes of a fixed length.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $len:literal)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);
    )*};
}

ids! {
    /// A room: 32 bytes that only its members know, derived from the secret of their workspace.
    RoomId 32
    /// A device, as it says of itself: any member can take any name, so what devices tell each
    /// other is sealed under their own keys.
    DeviceId 32
    /// A letter, as its sender names it: a letter that is sent again has the same name.
    LetterId 16
    /// One life of a room, drawn when a relay makes it: numbers of letters mean something within
    /// one life only.
    Life 16
    /// The public half of a room's access key, as Ed25519 encodes it (RFC 8032, 5.1.2).
    PublicKey 32
    /// What a link has to sign, drawn for it alone.
    Nonce 32
    /// An Ed25519 signature (RFC 8032, 5.1.6).
    Signature 64
}

/// One connection of a device to a relay, as the relay numbers it; a device that comes again has
/// another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u64);
