//! What a text is made of: to import a file is to read it, and what may not be read is as what is not there.

use super::consent::words_of;
use super::rules::{Says, Want};
use super::ruling::FlowRuling;
use super::sight::Sight;
use crate::engine::{Cx, Outcome, Workbench};
use selvage_lint::Report;
use selvage_tool::ToolResult;
use selvage_tool::policy::POLICY_FILE;
use selvage_vfs::Origin;

impl Workbench {
    /// Whether a flow may be made of what its text names: to import a file is to read it. The report is of what its rules let it see, so
    /// that what they deny is missing in it, be it there or not.
    ///
    /// # Errors
    /// [`selvage_tool::ErrorCode::PolicyDenied`].
    pub(crate) fn may_import(
        &mut self,
        cx: &Cx<'_>,
        behind: &Origin,
        ruling: &FlowRuling,
        path: &str,
        report: &Report,
    ) -> ToolResult<()> {
        let wants = report.missing.iter().map(|path| Want::Read(path));
        let said = ruling.flow.as_ref();
        let Some((mut want, mut said)) = said
            .and_then(|ruling| ruling.strictest(wants))
            .filter(|(_, said)| said.says == Says::Deny)
        else {
            return Ok(());
        };
        let mut names_it = report.imports.iter().map(String::as_str).chain([path]);
        if !names_it.all(|path| self.may_see(path)) {
            // Which file it is tells what is in those that import it.
            want = Want::Read(path);
            said.reason = "a rule is about something that it imports".into();
        }
        let error = self.denied(cx, &words_of(behind), &want, &said);
        Err(error.hint(format!(
            "To import a file is to read it: a rule for the flow has it under `read`, or the flow does without. A person changes `{POLICY_FILE}`."
        )))
    }

    /// What lint sees of the files that a text names: also those that a person is asked about, once that one has answered.
    pub(crate) fn sight_of_lint(&self) -> Sight {
        let most = match self.consent.is_approved {
            true => Says::Ask,
            false => Says::Allow,
        };
        Sight {
            most,
            ..self.sight()
        }
    }

    /// Weighs what lint finds in a file, also in one that the call does not name, and what it would find if it saw more.
    ///
    /// # Errors
    /// A rule does not let the file be read, or a person is asked first. In that case the call is made again when the person has
    /// answered.
    pub(crate) fn consent_to_tell(
        &mut self,
        cx: &Cx<'_>,
        path: &str,
        sight: &Sight,
    ) -> Result<(), Outcome> {
        let want = Want::Read(path);
        let said = self.consent.ruling.as_ref().map(|ruling| ruling.say(want));
        if let Some(said) = said.filter(|said| said.says == Says::Deny) {
            let who = self.consent.who.clone();
            return Err(self.denied(cx, &who, &want, &said).into());
        }
        sight.sees(path);
        match sight.asks.take() {
            Some(reason) => {
                self.consent.asks = Some(reason);
                Err(Outcome::Later)
            }
            None => Ok(()),
        }
    }
}
