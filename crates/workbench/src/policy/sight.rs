//! What whoever calls may see: nothing of what the policy does not let an agent read is told to it, be it by a list, a count, or by whether
//! something fits.

use super::rules::{Ruling, Said, Says, Want};
use crate::engine::{Cx, Workbench};
use crate::failure::failure;
use selvage_tool::catalogue::{EFFECTS, Effect};
use selvage_tool::{ToolError, ToolResult};
use selvage_vfs::VfsError;
use serde_json::Value;

impl Workbench {
    /// Whether whoever calls may read a path.
    pub(crate) fn may_see(&self, path: &str) -> bool {
        let ruling = self.consent.ruling.as_ref();
        ruling.is_none_or(|ruling| ruling.sees(path))
    }

    /// Whether whoever calls may read every file, whatever it is called.
    pub(crate) fn may_see_all(&self) -> bool {
        let ruling = self.consent.ruling.as_ref();
        ruling.is_none_or(Ruling::reads_everything)
    }

    /// What is said of the message of a change. Beside a verb it may name files, and only such as may be read.
    pub(crate) fn message_seen(&self, message: String) -> String {
        let Some((verb, rest)) = message.split_once(' ') else {
            return message;
        };
        let is_seen = |between| rest.split(between).all(|part| self.may_see(part));
        match self.may_see_all() || [", ", " to ", ": "].into_iter().all(is_seen) {
            true => message,
            false => verb.to_owned(),
        }
    }

    /// What keeps whoever calls from a change that is made of what a file holds, so that it tells of that by whether it fits.
    fn unfit_to_edit<'p>(&self, path: &'p str) -> Option<(Want<'p>, Said)> {
        let ruling = self.consent.ruling.as_ref()?;
        let (read, write) = (Want::Read(path), Want::Write(path));
        let said = ruling.strictest([read, write].into_iter());
        let denied = said.filter(|(_, said)| said.says == Says::Deny);
        denied.or_else(|| {
            let reason =
                "a person is asked about reading it, and whether this fits would tell of it before"
                    .into();
            let is_asked = ruling.say(read).says == Says::Ask;
            let says = Says::Deny;
            is_asked.then_some((read, Said { says, reason }))
        })
    }

    /// Whether whoever calls may make a change that is made of what a file holds.
    pub(crate) fn may_edit(&self, path: &str) -> bool {
        self.unfit_to_edit(path).is_none()
    }

    /// The same; a refusal is noted.
    ///
    /// # Errors
    /// [`selvage_tool::ErrorCode::PolicyDenied`].
    pub(crate) fn let_edit(&mut self, cx: &Cx<'_>, path: &str) -> ToolResult<()> {
        let Some((want, said)) = self.unfit_to_edit(path) else {
            return Ok(());
        };
        let who = self.consent.who.clone();
        Err(self.denied(cx, &who, &want, &said))
    }
}

/// The error of a tool that reads, as somebody is told it who does not see every path: what is not seen is not there.
pub(super) fn unseen(name: &str, input: &Value, error: ToolError, ruling: &Ruling) -> ToolError {
    let reads = EFFECTS
        .iter()
        .any(|(tool, effect)| *tool == name && *effect == Effect::Reads);
    let path = input["path"].as_str().map(|path| path.trim_matches('/'));
    match (&error.path, path) {
        (Some(about), Some(path)) if reads && !ruling.sees(about) => {
            let path = path.to_owned();
            failure(VfsError::NotFound { path })
        }
        _ => error,
    }
}
