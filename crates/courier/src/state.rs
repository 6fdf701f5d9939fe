//! What a person sees and asks for, as the page's JSON has it.

use serde::{Deserialize, Serialize};

/// A role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they are those of `selvage_trust::Role`")]
pub enum RoleName {
    Owner,
    Editor,
    Viewer,
}

impl From<selvage_trust::Role> for RoleName {
    fn from(role: selvage_trust::Role) -> Self {
        match role {
            selvage_trust::Role::Owner => Self::Owner,
            selvage_trust::Role::Editor => Self::Editor,
            selvage_trust::Role::Viewer => Self::Viewer,
        }
    }
}

impl From<RoleName> for selvage_trust::Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Owner => Self::Owner,
            RoleName::Editor => Self::Editor,
            RoleName::Viewer => Self::Viewer,
        }
    }
}

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub enum Act {
    /// This device goes, and says so to the others if it can.
    Leave,
    /// It does not come in after all.
    CancelJoin,
    /// A link for another device.
    Invite {
        /// Its role.
        role: RoleName,
        /// Whether it reads what was sealed before it came.
        history: bool,
        /// The address of the page that the link opens.
        base: String,
    },
    /// The link is void.
    CancelInvitation,
    /// The codes are equal.
    Accept,
    /// The codes differ.
    Refuse,
    /// Another role for a device.
    SetRole {
        /// Which.
        device: String,
        /// Its role.
        role: RoleName,
    },
    /// A device is taken out, for ever.
    Revoke {
        /// Which.
        device: String,
    },
    /// Another name for this device.
    Rename {
        /// The name.
        name: String,
    },
    /// What was admitted of a removed device stays. A device that may write does so by itself.
    Keep {
        /// Which.
        device: String,
    },
    /// The person has seen a finding.
    Dismiss {
        /// Which.
        code: String,
        /// Of which device, if it is about one.
        device: Option<String>,
    },
    /// The relay is dialled at once.
    Retry,
}

/// Where the link to the relay is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum LinkState {
    Off,
    Connecting,
    Open,
    Waiting,
}

/// Where a pairing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Step {
    Connecting,
    Waiting,
    Compare,
}

/// How a device is linked with this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Linked {
    /// Without a relay between them.
    Direct,
    /// Both are there, and the relay hands on what they say.
    Relay,
    /// By letters that the relay keeps.
    Mail,
}

/// A device of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the words say it")]
pub struct MemberState {
    pub id: String,
    pub name: String,
    pub role: RoleName,
    #[serde(rename = "self")]
    pub is_self: bool,
    pub online: bool,
    pub linked: Linked,
}

/// An invitation that is out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the words say it")]
pub struct InvitationState {
    pub link: String,
    pub role: RoleName,
    pub until_ms: u64,
    pub step: Step,
    pub code: Option<String>,
    pub name: Option<String>,
}

/// How far this device came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the words say it")]
pub struct JoiningState {
    pub step: Step,
    pub code: Option<String>,
    pub relay: String,
}

/// Something that a person should know, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Finding {
    pub code: &'static str,
    pub message: String,
    pub hint: &'static str,
    pub device: Option<String>,
}

/// All that the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the words say it")]
pub struct State {
    pub elsewhere: bool,
    pub shared: bool,
    pub relay: Option<String>,
    pub link: LinkState,
    /// The relay said that it keeps nothing for devices that are not there.
    pub passing: bool,
    pub retry_at_ms: Option<u64>,
    pub pending: usize,
    pub workspace: Option<String>,
    pub members: Vec<MemberState>,
    pub invitation: Option<InvitationState>,
    pub joining: Option<JoiningState>,
    pub findings: Vec<Finding>,
    pub problem: Option<Finding>,
}
