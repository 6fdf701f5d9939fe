//! What a pass did, or would do.

use serde::Serialize;

/// What was done with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// It got another path.
    Move,
    /// A file was written, new or anew.
    Write,
    /// A folder was made.
    Mkdir,
    /// It was removed.
    Remove,
}

/// One step on one side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// What.
    pub op: Verb,
    /// Where.
    pub path: String,
    /// Where it was before, of a move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// Two versions of one file that could not be made one without a person's look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The file.
    pub path: String,
    /// Where the other version is, on both sides.
    pub copy: String,
    /// What the two are.
    pub why: String,
}

/// Something that is not mirrored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Left {
    /// Where.
    pub path: String,
    /// Why not.
    pub why: String,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What was done in the workspace.
    pub to_workspace: Vec<Step>,
    /// What was done in the folder.
    pub to_disk: Vec<Step>,
    /// Files that both sides had changed and that hold both changes now.
    pub joined: Vec<String>,
    /// What a person has to look at.
    pub conflicts: Vec<Conflict>,
    /// What was changed on one side and deleted on the other, and stays.
    pub kept: Vec<String>,
    /// What is not mirrored.
    pub left: Vec<Left>,
    /// Something was being written, or changed meanwhile: another pass is due.
    pub unsettled: bool,
    /// How many files are the same on both sides.
    pub files: usize,
}

impl Report {
    /// Whether nothing was to be done.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.to_workspace.is_empty()
            && self.to_disk.is_empty()
            && self.conflicts.is_empty()
            && self.kept.is_empty()
    }

    /// Adds what the pass after it did: what is left and unsettled is as it told last.
    pub fn then(&mut self, next: Self) {
        self.to_workspace.extend(next.to_workspace);
        self.to_disk.extend(next.to_disk);
        self.joined.extend(next.joined);
        self.conflicts.extend(next.conflicts);
        self.kept.extend(next.kept);
        self.left = next.left;
        self.unsettled = next.unsettled;
        self.files = next.files;
    }

    /// Notes something that is not mirrored, whose name may be anything.
    pub(crate) fn leave(&mut self, path: &str, why: impl ToString) {
        let path = path.chars().flat_map(char::escape_debug).collect();
        let why = why.to_string();
        self.left.push(Left { path, why });
    }
}
