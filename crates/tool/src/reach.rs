//! What a run may read, write and take away. The sandbox asks before it does something, and the engine before it lands what an
//! executor says was done: the executor may be another machine.

use crate::error::{ErrorCode, ToolError, ToolResult};
use crate::grant::{Grant, PathSet};
use crate::run::PROTECTED;

/// The paths that a grant and the ceiling of the flow's text both cover.
#[derive(Debug)]
pub struct Reach {
    read: [PathSet; 2],
    write: [PathSet; 2],
}

impl Reach {
    /// What lies in both.
    ///
    /// # Errors
    /// Why a glob does not parse.
    pub fn new(grant: &Grant, ceiling: &Grant) -> Result<Self, String> {
        let both = |grant, ceiling| Ok::<_, String>([PathSet::new(grant)?, PathSet::new(ceiling)?]);
        Ok(Self {
            read: both(&grant.read, &ceiling.read)?,
            write: both(&grant.write, &ceiling.write)?,
        })
    }

    /// Whether a path may be read.
    #[must_use]
    pub fn reads(&self, path: &str) -> bool {
        self.read.iter().all(|set| set.covers(path))
    }

    /// Whether a path may be written, were it none of Selvage's own.
    #[must_use]
    pub fn writes(&self, path: &str) -> bool {
        self.write.iter().all(|set| set.covers(path))
    }

    /// The same as [`Reach::reads`], with the reason.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`].
    pub fn may_read(&self, path: &str) -> ToolResult<()> {
        covered(&self.read, path, "read")
    }

    /// Whether something may be put at a path. The folders above are made with it and not asked about.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`], also for [`PROTECTED`] paths, in whatever case they are written.
    pub fn may_write(&self, path: &str) -> ToolResult<()> {
        let top = path.split('/').next().unwrap_or_default();
        if path.is_empty() || PROTECTED.contains(&folded(top).as_str()) {
            let hint = "Write into another place; Selvage keeps this one itself.";
            return Err(denied(path, "change", "no run may").hint(hint));
        }
        covered(&self.write, path, "write")
    }

    /// Whether a file, or a folder with everything in it, may be taken away, and put at `to` where it moves: everything that is or
    /// could be below must be covered, also what the run does not see. `seen` are the ends of the paths that it does see, the empty
    /// one of `path` itself among them, and whether a mounted parent's file is there.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`].
    pub fn may_take_away<'a>(
        &self,
        path: &str,
        is_folder: bool,
        seen: impl IntoIterator<Item = (&'a str, bool)>,
        to: Option<&str>,
    ) -> ToolResult<()> {
        self.may_write(path)?;
        if is_folder && !self.write.iter().all(|set| set.covers_all_below(path)) {
            let why = "the grant does not cover everything in it";
            return Err(denied(path, "take away", why).hint(format!(
                "Run it with a `grant` whose `write` covers `{path}/**`, and name the folder literally in the flow."
            )));
        }
        for (end, is_mounted) in seen {
            if is_mounted {
                let hint = "Write a file to its path: that takes its place from then on.";
                let below = format!("{path}{end}");
                return Err(denied(&below, "take away", "it is a mounted parent's").hint(hint));
            }
            if let Some(to) = to {
                self.may_write(&format!("{to}{end}"))?;
            }
        }
        Ok(())
    }
}

/// A name as a file system that does not tell case apart compares it.
fn folded(name: &str) -> String {
    name.to_uppercase().to_lowercase()
}

/// The refusal of a run's doing.
#[must_use]
pub fn denied(path: &str, verb: &str, why: &str) -> ToolError {
    ToolError::new(
        ErrorCode::PolicyDenied,
        format!("The run may not {verb} `{path}`: {why}."),
    )
    .path(path)
}

fn covered([grant, ceiling]: &[PathSet; 2], path: &str, verb: &str) -> ToolResult<()> {
    let refused = |why: &str, hint: String| Err(denied(path, verb, why).hint(hint));
    if !grant.covers(path) {
        return refused(
            "its grant does not cover it",
            format!("Run it with a `grant` whose `{verb}` covers `{path}`."),
        );
    }
    if !ceiling.covers(path) {
        return refused(
            "the flow's text does not show that it would",
            format!(
                "Use a literal path, or one made in the call itself, so that lint sees what the flow {verb}s."
            ),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_selvage_keeps_itself_is_known_in_any_case() {
        for name in [
            "runs",
            "Runs",
            "RUN\u{17F}",
            "EMBED.json",
            "Retention.json",
            "\u{17F}copes",
            "Scopes.json",
        ] {
            assert!(PROTECTED.contains(&folded(name).as_str()), "{name}");
        }
    }
}
