//! Secrets, as a run knows them: by placeholders, never by their values.
//!
//! A run finds a placeholder in its environment and puts it into a request. The host that performs the request has the values, puts them in
//! where its own rules allow it, and takes them out of the answer. So there is nothing in a run, its files, its logs or its record that
//! could be given away, whatever the flow does, and wherever it runs.

use crate::engine::{Asking, Caller, Cx, Workbench};
use crate::event::SecretRef;
use crate::policy::FlowRuling;
use selvage_tool::run::RunRecord;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::Hash;
use std::collections::BTreeMap;

/// The most secrets of one run.
pub const RUN_SECRETS_MAX: usize = 20;

/// How many digits of a hash make a placeholder that nobody guesses: 128 bits.
const DIGITS: usize = 32;

/// What stands for the secrets of a run, by their names in its environment.
///
/// It follows from what is drawn when the run begins, and is told to nobody before it is over; so no text from outside can make a run
/// send a secret, and a run that is made again to be verified has the same ones.
pub(crate) fn placeholders(record: &RunRecord, salt: &str) -> Vec<(String, SecretRef)> {
    let of = |(variable, name): (&String, &String)| {
        let drawn = Hash::of(format!("secret {salt} {variable}").as_bytes());
        let placeholder = format!("secret-{}", &drawn.to_string()[..DIGITS]);
        let name = name.clone();
        (variable.clone(), SecretRef { placeholder, name })
    };
    record.secrets.iter().map(of).collect()
}

impl Workbench {
    /// Whether a run may have fetches carry these.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`]; or [`ErrorCode::InvalidInput`] for too many, or names that stand for something else already.
    pub(crate) fn may_have(
        &mut self,
        cx: &Cx<'_>,
        asking: &Asking,
        ruling: &FlowRuling,
        secrets: &BTreeMap<String, String>,
        env: &BTreeMap<String, String>,
    ) -> ToolResult<()> {
        if secrets.len() > RUN_SECRETS_MAX {
            let message = format!("A run has {RUN_SECRETS_MAX} secrets at the most.");
            return Err(ToolError::new(ErrorCode::InvalidInput, message)
                .hint("Name those that its fetches carry."));
        }
        if let Some(twice) = secrets.keys().find(|variable| env.contains_key(*variable)) {
            let message = format!("`{twice}` is both in `env` and in `secrets`.");
            return Err(ToolError::new(ErrorCode::InvalidInput, message)
                .hint("Call one of them something else."));
        }
        for name in secrets.values() {
            if let Caller::Run { run, .. } = &asking.caller
                && !self
                    .runs
                    .get(run)
                    .is_some_and(|outer| outer.record.secrets.values().any(|own| own == name))
            {
                let message = format!("The run that calls has no secret `{name}` to pass on.");
                return Err(ToolError::new(ErrorCode::PolicyDenied, message)
                    .hint(format!("Run it with the secret `{name}`, too.")));
            }
            self.may_use(cx, &asking.behind, ruling, name)?;
        }
        Ok(())
    }
}
