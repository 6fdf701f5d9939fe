//! What a text is made of: to import a file is to read it.

use super::consent::words_of;
use super::rules::{Says, Want};
use super::ruling::FlowRuling;
use crate::engine::{Cx, Outcome, Workbench};
use selvage_tool::ToolResult;
use selvage_tool::policy::POLICY_FILE;
use selvage_vfs::Origin;

impl Workbench {
    /// Whether a flow may be made of these files: to import one is to read it.
    ///
    /// # Errors
    /// [`selvage_tool::ErrorCode::PolicyDenied`].
    pub(crate) fn may_import(
        &mut self,
        cx: &Cx<'_>,
        behind: &Origin,
        ruling: &FlowRuling,
        imports: &[String],
    ) -> ToolResult<()> {
        let wants = imports.iter().map(|path| Want::Read(path));
        let said = ruling.flow.as_ref();
        match said.and_then(|ruling| ruling.strictest(wants)) {
            Some((want, said)) if said.says == Says::Deny => {
                let error = self.denied(cx, &words_of(behind), &want, &said);
                Err(error.hint(format!(
                    "The flow imports it, which is reading it: a rule for the flow has it under `read`, or the flow does without. A person changes `{POLICY_FILE}`."
                )))
            }
            _ => Ok(()),
        }
    }

    /// Weighs the files that what lint finds would tell of, also those that the call does not name.
    ///
    /// # Errors
    /// A rule does not let one be read, or a person is asked first. In that case the call is made again when the person has answered.
    pub(crate) fn consent_to_tell<'a>(
        &mut self,
        cx: &Cx<'_>,
        paths: impl Iterator<Item = &'a String>,
    ) -> Result<(), Outcome> {
        let wants = paths.map(|path| Want::Read(path));
        let said = self.consent.ruling.as_ref();
        let Some((want, said)) = said.and_then(|ruling| ruling.strictest(wants)) else {
            return Ok(());
        };
        match said.says {
            Says::Deny => {
                let who = self.consent.who.clone();
                Err(self.denied(cx, &who, &want, &said).into())
            }
            Says::Ask if !self.consent.is_approved => {
                self.consent.asks = Some(said.reason);
                Err(Outcome::Later)
            }
            Says::Ask | Says::Allow => Ok(()),
        }
    }
}
