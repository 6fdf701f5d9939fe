//! What `selvage.call` may ask: each call is counted, checked against the grant, done and answered.

use crate::files::Found;
use crate::sandbox::{Host, Sandbox};
use selvage_tool::guest::{Answer, HostCall, VARIABLES_BYTES_MAX, frame, unframe};
use selvage_tool::reach::denied;
use selvage_tool::run::{RunProgress, RunReport};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use serde_json::{Value, json};

/// The most bytes of a path.
pub const PATH_BYTES_MAX: usize = 1024;
/// The most folders that a path may go down, itself included; the workspace takes no more.
pub const DEPTH_MAX: usize = 64;
/// The most bytes of one name in a path; the workspace takes no more.
pub const NAME_BYTES_MAX: usize = 255;

/// The most characters of a progress label.
pub const LABEL_CHARS_MAX: usize = 200;

/// The most products that a run may name.
pub const ARTIFACTS_MAX: usize = 1000;

type Done = ToolResult<(Value, Vec<u8>)>;

impl Sandbox {
    /// Does one call and keeps its answer for [`Sandbox::take`]. Gives the answer's length.
    pub fn call(&mut self, request: &[u8], host: &mut dyn Host) -> u32 {
        let done = self.meter.count_call().and_then(|()| {
            let (call, body) = unframe::<HostCall>(request)?;
            self.perform(call, body, host)
        });
        // A guest that only calls comes late to its own look at the clock.
        self.meter.look(host.now_ms());
        let answer = match done {
            Ok((value, body)) => frame(&Answer::Ok(value), &body),
            Err(error) => frame(&Answer::Error(error), &[]),
        };
        self.set_answer(answer)
    }

    fn perform(&mut self, call: HostCall, body: &[u8], host: &mut dyn Host) -> Done {
        let nothing = Ok((Value::Null, Vec::new()));
        match call {
            HostCall::Read { path } => {
                let path = clean(&path)?;
                self.may_read(&path)?;
                let bytes = match self.files.read(&path)? {
                    Found::Written(bytes) => bytes,
                    Found::Hidden => {
                        return Err(denied(&path, "read", "only writing it was granted")
                            .hint("Run it with a `grant` whose `read` covers it."));
                    }
                    Found::Snapshot(hash) => {
                        let size = self.files.stat(&path).map_or(0, |stat| stat.size);
                        if !self.job.can_hold(size) {
                            return Err(too_large(&path, size, self.job.limits.memory_bytes_max));
                        }
                        host.blob(&hash).ok_or_else(|| {
                            ToolError::new(
                                ErrorCode::Internal,
                                format!("The executor lacks the bytes of `{path}`."),
                            )
                            .path(&path)
                        })?
                    }
                };
                Ok((Value::Null, bytes.to_vec()))
            }
            HostCall::Write { path } => {
                let path = clean(&path)?;
                self.may_write(&path)?;
                self.meter.count_write(1, body.len())?;
                self.files.write(&path, body)?;
                nothing
            }
            HostCall::List { path } => {
                let path = clean(&path)?;
                self.may_read(&path)?;
                Ok((json!(self.files.list(&path)?), Vec::new()))
            }
            HostCall::Stat { path } => {
                let path = clean(&path)?;
                self.may_read(&path)?;
                Ok((json!(self.files.stat(&path)), Vec::new()))
            }
            HostCall::Mkdir { path } => {
                let path = clean(&path)?;
                self.may_write(&path)?;
                self.meter.count_write(1, 0)?;
                self.files.mkdir(&path)?;
                nothing
            }
            HostCall::Move { from, to } => {
                let (from, to) = (clean(&from)?, clean(&to)?);
                let moved = self.may_take_away(&from, Some(&to))?;
                self.meter.count_write(moved.len().max(1) as u64, 0)?;
                self.files.rename(&from, &to)?;
                nothing
            }
            HostCall::Remove { path } => {
                let path = clean(&path)?;
                let removed = self.may_take_away(&path, None)?;
                self.meter.count_write(removed.len().max(1) as u64, 0)?;
                self.files.remove(&path)?;
                nothing
            }
            HostCall::Log { level, source } => {
                let source = if source == "flow" { "flow" } else { "console" };
                self.log(level, source, &String::from_utf8_lossy(body), host);
                match self.meter.failure() {
                    Some(error) => Err(error.clone()),
                    None => nothing,
                }
            }
            HostCall::Progress { done, total, label } => {
                let label = label.map(|label| label.chars().take(LABEL_CHARS_MAX).collect());
                host.report(RunReport::Progressed {
                    progress: RunProgress { done, total, label },
                });
                nothing
            }
            HostCall::Artifact { path } => {
                let path = clean(&path)?;
                if self.files.stat(&path).is_none_or(|stat| stat.folder) {
                    return Err(ToolError::new(
                        ErrorCode::NotFound,
                        format!("There is no file `{path}` to name as a product."),
                    )
                    .path(&path)
                    .hint("Write the file before naming it."));
                }
                if self.artifacts.len() >= ARTIFACTS_MAX {
                    return Err(ToolError::new(
                        ErrorCode::QuotaFiles,
                        format!("A run names {ARTIFACTS_MAX} products at the most."),
                    )
                    .hint("Name a folder's index in place of each of its files."));
                }
                if !self.artifacts.contains(&path) {
                    self.artifacts.push(path);
                }
                nothing
            }
            HostCall::Variables { variables } => {
                let length = serde_json::to_vec(&variables).map_or(usize::MAX, |text| text.len());
                if length > VARIABLES_BYTES_MAX {
                    return Err(ToolError::new(
                        ErrorCode::TooLarge,
                        format!("Variables have {VARIABLES_BYTES_MAX} bytes at the most."),
                    )
                    .hint("Tell fewer of them, or shorter ones."));
                }
                self.variables = Some(variables);
                nothing
            }
        }
    }

    /// Whatever is in the view may be read: the view holds only what the grant covers and what the
    /// run itself wrote.
    fn may_read(&self, path: &str) -> ToolResult<()> {
        if self.files.stat(path).is_some() {
            Ok(())
        } else {
            self.reach.may_read(path)
        }
    }

    fn may_write(&self, path: &str) -> ToolResult<()> {
        self.reach.may_write(path)
    }

    /// Whether a file, or a folder with everything in it, may be taken away, and go `to` another place. Gives every path that the
    /// run sees there.
    fn may_take_away(&self, path: &str, to: Option<&str>) -> ToolResult<Vec<String>> {
        let is_folder = self.files.stat(path).is_some_and(|stat| stat.folder);
        let below = self.files.below(path);
        let seen = below
            .iter()
            .map(|below| (&below[path.len()..], self.files.is_mounted(below)));
        self.reach.may_take_away(path, is_folder, seen, to)?;
        Ok(below)
    }
}

/// A workspace path as the workspace writes it: no leading or doubled slash, `.` and `..` resolved.
fn clean(path: &str) -> ToolResult<String> {
    let refused = |why: &str| {
        let shown: String = path.chars().take(80).collect();
        Err(ToolError::new(
            ErrorCode::InvalidPath,
            format!("`{shown}` can't be a path: {why}."),
        ))
    };
    if path.len() > PATH_BYTES_MAX {
        return refused("it is too long");
    }
    if path.contains(['\0', '\\']) {
        return refused("it holds a character that no path may hold");
    }
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_none() => return refused("it points outside the workspace"),
            ".." => {}
            part if part.len() > NAME_BYTES_MAX => return refused("one of its names is too long"),
            part => parts.push(part),
        }
    }
    if parts.len() > DEPTH_MAX {
        return refused("it goes down too many folders");
    }
    Ok(parts.join("/"))
}

fn too_large(path: &str, size: u64, max: u64) -> ToolError {
    ToolError::new(
        ErrorCode::TooLarge,
        format!("`{path}` has {size} bytes, and the run's memory {max}."),
    )
    .path(path)
    .hint("Run it with a larger `memoryBytesMax`, or keep the data in smaller files.")
}

#[cfg(test)]
mod tests;
