//! The link that invites a device, as text and as a QR code.

use crate::crypto::{self, Entropy, Secret};
use crate::limits::{INVITATION_MS_MAX, LINK_CHARS_MAX, RELAY_BYTES_MAX};
use crate::wire::{Reader, put_bytes, put_uint};
use crate::{FORMAT, InvitationFault, Result, TrustError, WorkspaceId, within};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::fmt;
use zeroize::Zeroizing;

/// What the fragment of a link begins with.
const FRAGMENT: &str = "#pair=";

/// An invitation: whoever holds it may ask to be added. It stands in the fragment of an address,
/// which browsers send to no server.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    relay: String,
    workspace: WorkspaceId,
    secret: Secret,
    expires_ms: u64,
}

impl Invitation {
    /// An invitation that is good until `expires_ms`.
    pub(super) fn new(
        relay: &str,
        workspace: WorkspaceId,
        now_ms: u64,
        expires_ms: u64,
        entropy: &mut Entropy<'_>,
    ) -> Result<Self> {
        within("relay_bytes_max", relay.len(), RELAY_BYTES_MAX)?;
        let for_ms = expires_ms.saturating_sub(now_ms);
        if for_ms > INVITATION_MS_MAX {
            return Err(TrustError::TooLarge {
                limit: "invitation_ms_max",
                size: for_ms,
                max: INVITATION_MS_MAX,
            });
        }
        Ok(Self {
            relay: relay.to_owned(),
            workspace,
            secret: crypto::random(entropy),
            expires_ms,
        })
    }

    /// The address that a person opens on the other device, at most 300 characters: `base_url` is
    /// the page's, without a fragment.
    ///
    /// # Errors
    /// When the link would be too long, or the address has a fragment.
    pub fn link(&self, base_url: &str) -> Result<String> {
        if base_url.contains('#') {
            return Err(TrustError::Malformed {
                what: "page address",
                why: "it has a fragment already",
            });
        }
        let text = URL_SAFE_NO_PAD.encode(&self.to_bytes()[..]);
        let link = format!("{base_url}{FRAGMENT}{text}");
        within("link_chars_max", link.len(), LINK_CHARS_MAX)?;
        Ok(link)
    }

    /// Reads a link, whatever page it leads to.
    ///
    /// # Errors
    /// When it is no such link, or was cut or mistyped.
    pub fn parse(link: &str) -> Result<Self> {
        within("link_chars_max", link.len(), LINK_CHARS_MAX)?;
        let bad = TrustError::Malformed {
            what: "invitation",
            why: "it is no link of an invitation",
        };
        let (_, text) = link.trim().split_once(FRAGMENT).ok_or(bad.clone())?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map(Zeroizing::new);
        Self::from_bytes(&bytes.map_err(|_| bad)?)
    }

    /// The relay's address, as the inviter named it.
    #[must_use]
    pub fn relay(&self) -> &str {
        &self.relay
    }

    /// The workspace.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// When it ends, in milliseconds since 1970.
    #[must_use]
    pub fn expires_ms(&self) -> u64 {
        self.expires_ms
    }

    /// Where the two devices meet at the relay: it tells nothing of the secret or the workspace.
    #[must_use]
    pub fn topic(&self) -> [u8; 32] {
        *crypto::derive(&self.secret, "invitation topic", &[])
    }

    /// A secret that only holders of the invitation have, for a use outside of this crate that
    /// `label` names: what opens the meeting place, for example.
    #[must_use]
    pub fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        crypto::derive(&self.secret, "invitation outside", label.as_bytes())
    }

    /// The key of the pairing's first messages.
    pub(super) fn key(&self) -> Secret {
        crypto::derive(&self.secret, "invitation key", &self.workspace.0)
    }

    /// Checks that the invitation has not ended.
    pub(super) fn check_time(&self, now_ms: u64) -> Result<()> {
        match now_ms < self.expires_ms {
            true => Ok(()),
            false => Err(InvitationFault::Expired.into()),
        }
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(vec![FORMAT]);
        out.extend(self.workspace.0);
        out.extend(&self.secret[..]);
        put_uint(&mut out, self.expires_ms);
        put_bytes(&mut out, self.relay.as_bytes());
        let check = crypto::hash("invitation check", &[&out]);
        out.extend(&check[..4]);
        out
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new("invitation", bytes, "link_chars_max", LINK_CHARS_MAX)?;
        reader.version()?;
        let invitation = Self {
            workspace: WorkspaceId(reader.array()?),
            secret: Zeroizing::new(reader.array()?),
            expires_ms: reader.uint()?,
            relay: reader.text()?.to_owned(),
        };
        within("relay_bytes_max", invitation.relay.len(), RELAY_BYTES_MAX)?;
        let body = &bytes[..bytes.len() - reader.clone().rest().len()];
        if reader.array::<4>()? != crypto::hash("invitation check", &[body])[..4] {
            return Err(reader.bad("it was cut or mistyped"));
        }
        reader.end()?;
        Ok(invitation)
    }
}

/// The secret is not for logs.
impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation")
            .field("relay", &self.relay)
            .field("workspace", &self.workspace)
            .field("expires_ms", &self.expires_ms)
            .finish_non_exhaustive()
    }
}
