//! Records of runs: what they are called, and how they are found again.

use crate::scopes::View;
use selvage_lint::order::arranged;
use selvage_provenance::ENVELOPE_SUFFIX;
use selvage_tool::run::{RUNS_FOLDER, RunRecord};
use selvage_vfs::{Entry, Hash, Workspace};

/// The most bytes that a flow's name gives to a folder under `runs/`.
const NAME_BYTES_MAX: usize = 80;

/// How many letters of a hash tell flows of one name apart.
const HASH_CHARS: usize = 8;

/// The folder of the Python files that others import.
pub(crate) const MODULES_FOLDER: &str = "modules/";

/// The folders in which no Python file is run: the folder decides what a file is.
const UNRUN_FOLDERS: [&str; 5] = [MODULES_FOLDER, "forms/", "agents/", "apps/", "configs/"];

/// The folder in which a Python file lies, with its slash, where no such file is run.
#[must_use]
pub(crate) fn unrun_folder(path: &str) -> Option<&'static str> {
    UNRUN_FOLDERS
        .into_iter()
        .find(|folder| path.starts_with(folder))
}

/// A flow's name: its file name without the suffix. `None` for a path that is no flow.
#[must_use]
pub fn flow_name(path: &str) -> Option<&str> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let runs = unrun_folder(path).is_none() && !file.starts_with('_');
    file.strip_suffix(".flow.js")
        .or_else(|| file.strip_suffix(".flow.mjs"))
        .or_else(|| file.strip_suffix(".py").filter(|_| runs))
        .filter(|name| !name.is_empty())
}

/// Where the record of a run is kept: by flow, then by time.
#[must_use]
pub(crate) fn path_of(view: &View, flow: &str, run: &str, started_ms: u64) -> String {
    let folder = folder_of(view, flow, run);
    format!("{RUNS_FOLDER}/{folder}/{}-{run}.json", stamp(started_ms))
}

/// The folder of a flow's records: its name, in lower case. Where that can't be a folder's name, or
/// where another flow or something else in the records' folder is called alike, a part of the
/// path's hash tells them apart.
fn folder_of(view: &View, flow: &str, run: &str) -> String {
    let name = flow_name(flow).unwrap_or("flow");
    let plain = plain_name(name);
    let hash = Hash::of(flow.as_bytes()).to_string();
    let told_apart = format!("{plain}-{}", &hash[..HASH_CHARS]);
    let taken = view.list(RUNS_FOLDER, false).unwrap_or_default();
    let free = |folder: &String| {
        let alike = |name: &str| name.to_lowercase() == *folder;
        taken
            .iter()
            .filter(|entry| alike(&entry.name))
            .all(|entry| entry.is_folder() && entry.name == *folder)
    };
    // Beyond ASCII, names are equal by rules that are not known here.
    let fits = name.is_ascii() && plain == name.to_ascii_lowercase();
    let own = (fits && !has_namesake(view, flow, &plain)).then_some(plain);
    let last = format!("{told_apart}-{run}");
    own.into_iter()
        .chain([told_apart])
        .find(free)
        .unwrap_or(last)
}

/// A flow's name as a folder's: in lower case, short, and of signs that every system has in names.
fn plain_name(name: &str) -> String {
    let kept = |c: char| match c {
        '-' | '_' | '.' | ' ' => c,
        c if c.is_alphanumeric() => c,
        _ => '-',
    };
    let lower: String = name.to_lowercase().chars().map(kept).collect();
    let short = &lower[..lower.floor_char_boundary(NAME_BYTES_MAX)];
    match short.trim_matches([' ', '.']) {
        "" => "flow".to_owned(),
        plain => plain.to_owned(),
    }
}

/// Whether another flow has the same name but for capitals.
fn has_namesake(view: &View, flow: &str, plain: &str) -> bool {
    let top = view.list("", false).unwrap_or_default();
    // Records are many, and none is a flow.
    let searched = top.into_iter().filter(|entry| entry.path != RUNS_FOLDER);
    let below = |path: &str| view.list(path, true).unwrap_or_default();
    searched
        .flat_map(|entry| {
            let inside = if entry.is_folder() {
                below(&entry.path)
            } else {
                Vec::new()
            };
            inside.into_iter().chain([entry])
        })
        .filter(|entry| !entry.is_folder() && entry.path != flow)
        .filter_map(|entry| flow_name(&entry.path).map(str::to_lowercase))
        .any(|name| name == plain)
}

/// Whether a path below the records' folder is a record's, and not that of what vouches for one.
#[must_use]
pub(crate) fn is_record(path: &str) -> bool {
    path.ends_with(".json") && !path.ends_with(ENVELOPE_SUFFIX)
}

/// The files of the records' folder that are wanted, the newest first: their names begin with the time.
#[must_use]
pub(crate) fn newest_first(workspace: &Workspace, wanted: &dyn Fn(&str) -> bool) -> Vec<Entry> {
    let mut files = workspace.list(RUNS_FOLDER, true).unwrap_or_default();
    files.retain(|entry| !entry.is_folder() && wanted(&entry.path));
    let mut files = arranged(files, |entry| (0, entry.name.clone()));
    files.reverse();
    files
}

/// Whether a path is that of the record of a run.
#[must_use]
pub fn is_record_of(path: &str, run: &str) -> bool {
    path.starts_with(&format!("{RUNS_FOLDER}/")) && path.ends_with(&format!("-{run}.json"))
}

/// The record as the file's text.
#[must_use]
pub fn to_text(record: &RunRecord) -> String {
    serde_json::to_string_pretty(record).unwrap_or_default() + "\n"
}

/// A time as part of a file name: `2026-11-21T07-23-06.123Z`, in UTC.
///
/// Source of the calendar: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
#[must_use]
pub fn stamp(ms: u64) -> String {
    let (days, rest) = (ms / 86_400_000, ms % 86_400_000);
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}-{minute:02}-{second:02}.{:03}Z",
        rest % 1_000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_the_time_in_utc() {
        assert_eq!(stamp(0), "1970-01-01T00-00-00.000Z");
        assert_eq!(stamp(951_782_400_000), "2000-02-29T00-00-00.000Z");
        assert_eq!(stamp(1_795_246_986_123), "2026-11-21T07-43-06.123Z");
    }

    #[test]
    fn a_record_is_found_by_its_run() {
        let path = "runs/a/1970-01-01T00-00-00.000Z-k3x.json";
        assert!(
            is_record_of(path, "k3x")
                && !is_record_of(path, "3x")
                && !is_record_of("x-k3x.json", "k3x")
                && !is_record_of("runs2/a/x-k3x.json", "k3x")
        );
    }

    #[test]
    fn the_name_and_the_folder_tell_what_is_a_flow() {
        assert_eq!(flow_name("a/b.flow.js"), Some("b"));
        assert_eq!(flow_name("workflows/sync.py"), Some("sync"));
        // The page reads the same list.
        let list = include_str!("../tests/flows.json");
        let list: serde_json::Value = serde_json::from_str(list).expect("JSON");
        for (kind, is_flow) in [("flows", true), ("others", false)] {
            for path in list[kind].as_array().expect("paths") {
                let path = path.as_str().expect("a path");
                assert_eq!(flow_name(path).is_some(), is_flow, "{path}");
            }
        }
    }
}
