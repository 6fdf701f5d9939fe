//! `selvage approvals`: what waits for a person in the program that has the workspace open, and the person's answers.

mod telling;

use crate::ask::{self, Answer};
use crate::commands::typed;
use crate::error::{CliError, Result};
use crate::{commands, home, local_door, out, show};
use selvage_serve::ServeError;
use selvage_tool::decision::Approval;
use selvage_tool::policy::ApprovalsOutput;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::path::Path;

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Act {
    /// List what waits, and ask about each where somebody is at a terminal.
    Review,
    /// List what waits.
    List,
    /// Show one.
    Show(String),
    /// Decide about one.
    Decide(Deciding),
}

/// A decision that is to be made.
#[derive(Debug, PartialEq, Eq)]
pub struct Deciding {
    /// Which approval.
    pub approval: String,
    /// Whether it may happen.
    pub allow: bool,
    /// What exactly, where that is said.
    pub digest: Option<String>,
    /// Whether nothing is to be shown and asked.
    pub yes: bool,
    /// Why, for the record.
    pub reason: Option<String>,
}

impl Act {
    /// What stands behind the command: what to do, with which approval, and the options.
    pub fn of(
        act: Option<&str>,
        approval: Option<String>,
        digest: Option<String>,
        yes: bool,
        reason: Option<String>,
    ) -> Result<Self> {
        let wrong = |what: &str| CliError::Usage(format!("approvals {what}"));
        let decides = matches!(act, Some("approve" | "deny"));
        if !decides && (digest.is_some() || yes || reason.is_some()) {
            let why = "takes --yes, --digest and --reason with `approve` and `deny` alone";
            return Err(wrong(why));
        }
        let named = || approval.clone().ok_or_else(|| wrong("needs an ID"));
        match act {
            None => Ok(Self::Review),
            Some("list") if approval.is_none() => Ok(Self::List),
            Some("show") => Ok(Self::Show(named()?)),
            Some(act) if decides => Ok(Self::Decide(Deciding {
                approval: named()?,
                allow: act == "approve",
                digest,
                yes,
                reason,
            })),
            _ => Err(wrong("takes `list`, `show ID`, `approve ID` or `deny ID`")),
        }
    }
}

/// Does what was asked and gives the exit code.
pub fn perform(folder: &Path, act: &Act, as_json: bool) -> Result<u8> {
    let asked = Asked(folder);
    match act {
        Act::List => asked.list(as_json)?,
        Act::Review => asked.review(as_json)?,
        Act::Show(approval) => {
            let approval = json!(asked.find(approval)?);
            show::value(as_json, &approval, |approval: &Approval| {
                let read = |path: &str| asked.read(approval, path);
                telling::approval(approval, read)
            })?;
        }
        Act::Decide(deciding) => asked.decide(deciding, as_json)?,
    }
    Ok(0)
}

/// Whoever asks in the workspace of a folder.
struct Asked<'a>(&'a Path);

impl Asked<'_> {
    /// What waits, and what was decided lately.
    fn waits(&self) -> Result<Value> {
        match local_door::call(self.0, "approval_list", &json!({}))? {
            Some(waits) => Ok(waits),
            None => decided(self.0),
        }
    }

    /// Calls a tool of the program that has the workspace open. Without one, nothing waits.
    fn call(&self, tool: &str, input: &Value) -> ToolResult {
        match local_door::call(self.0, tool, input) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(unknown()),
            Err(error) => Err(error.as_tool_error()),
        }
    }

    fn read(&self, approval: &Approval, path: &str) -> ToolResult {
        let input = json!({ "approval": approval.approval, "path": path });
        self.call("approval_read", &input)
    }

    fn find(&self, name: &str) -> Result<Approval> {
        let waits: ApprovalsOutput = typed(&self.waits()?)?;
        let found = waits.approvals.into_iter().find(|it| it.approval == name);
        Ok(found.ok_or_else(unknown)?)
    }

    fn list(&self, as_json: bool) -> Result<()> {
        show::value(as_json, &self.waits()?, |waits: &ApprovalsOutput| {
            telling::list(waits, home::now_ms())
        })
    }

    /// Goes through what waits, where somebody is at a terminal.
    fn review(&self, as_json: bool) -> Result<()> {
        if as_json || !is_at_terminal() {
            return self.list(as_json);
        }
        let value = self.waits()?;
        let waits: ApprovalsOutput = typed(&value)?;
        if waits.approvals.is_empty() {
            return self.list(as_json);
        }
        for approval in waits.approvals {
            let name = approval.approval.clone();
            // What somebody else decided meanwhile needs nobody.
            match self.ask(approval, None) {
                Ok(_) => {}
                Err(CliError::Tool(error)) if error.code == ErrorCode::NotFound => {
                    out::say(&format!("{name} does not wait any more."));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn decide(&self, deciding: &Deciding, as_json: bool) -> Result<()> {
        let reason = deciding.reason.as_deref();
        let decided = match &deciding.digest {
            Some(digest) => self.pass(&deciding.approval, digest, deciding.allow, reason)?,
            None => {
                let approval = self.find(&deciding.approval)?;
                if deciding.yes || !deciding.allow {
                    self.pass(&approval.approval, &approval.digest, deciding.allow, reason)?
                } else if is_at_terminal() {
                    let asked = self.ask(approval, reason)?;
                    asked.ok_or_else(undecided)?
                } else {
                    return Err(unseen().into());
                }
            }
        };
        show::value(as_json, &decided, telling::decision)
    }

    /// Has the person at the terminal look at it and say something; nothing where it is left waiting. What is something else by
    /// then is shown as it is now.
    fn ask(&self, mut approval: Approval, reason: Option<&str>) -> Result<Option<Value>> {
        loop {
            let read = |path: &str| self.read(&approval, path);
            let allow = match ask::now(&approval, read)? {
                Answer::Yes => true,
                Answer::No => false,
                Answer::Later => return Ok(None),
            };
            match self.pass(&approval.approval, &approval.digest, allow, reason) {
                Err(CliError::Tool(error)) if error.code == ErrorCode::Stale => {
                    out::say(&format!("{} This is what it is now:", error.message));
                    approval = self.find(&approval.approval)?;
                }
                passed => return passed.map(Some),
            }
        }
    }

    fn pass(&self, name: &str, digest: &str, allow: bool, reason: Option<&str>) -> Result<Value> {
        let input = json!({
            "approval": name, "digest": digest, "allow": allow, "reason": reason.unwrap_or_default(),
        });
        Ok(self.call("approval_decide", &input)?)
    }
}

/// What the workspace's own files tell of decisions, where no program has it open: then nothing waits.
fn decided(folder: &Path) -> Result<Value> {
    let mut desk = home::open(folder).map_err(|error| match error {
        CliError::Serve(ServeError::Held { .. }) => no_door().into(),
        error => error,
    })?;
    commands::call(&mut desk, "approval_list", json!({}))
}

fn is_at_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn unknown() -> ToolError {
    ToolError::new(ErrorCode::NotFound, "No such approval is waited for.")
        .hint("`selvage approvals list` has those that are.")
}

fn undecided() -> ToolError {
    ToolError::new(ErrorCode::Cancelled, "Nothing was decided.")
        .hint("It still waits. `selvage approvals deny` refuses it.")
}

fn unseen() -> ToolError {
    let why = "Nobody is at a terminal to look at what is approved.";
    ToolError::new(ErrorCode::InvalidInput, why).hint(
        "`--digest` approves what `selvage approvals show` showed, and `--yes` whatever it is now.",
    )
}

fn no_door() -> ToolError {
    let why = "The program that has the workspace open has no local door to be asked at.";
    ToolError::new(ErrorCode::Busy, why).hint(
        "It said why when it started. `selvage mcp`, `mirror` and `run` have one on systems with Unix sockets, `selvage serve` has none.",
    )
}
