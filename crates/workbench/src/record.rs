//! Records of runs: what they are called, and how they are found again.

use selvage_tool::run::{RUNS_FOLDER, RunRecord};

/// The most characters that a flow's name gives to a folder under `runs/`.
const NAME_CHARS_MAX: usize = 80;

/// A flow's name: its file name without the suffix. `None` for a path that is no flow.
#[must_use]
pub fn flow_name(path: &str) -> Option<&str> {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".flow.js")
        .or_else(|| file.strip_suffix(".flow.mjs"))
        .filter(|name| !name.is_empty())
}

/// Where the record of a run is kept: by flow, then by time.
#[must_use]
pub fn path_of(flow: &str, run: &str, started_ms: u64) -> String {
    let name: String = flow_name(flow)
        .unwrap_or("flow")
        .chars()
        .take(NAME_CHARS_MAX)
        .collect();
    format!("{RUNS_FOLDER}/{name}/{}-{run}.json", stamp(started_ms))
}

/// Whether a path is that of the record of a run.
#[must_use]
pub fn is_record_of(path: &str, run: &str) -> bool {
    path.starts_with(RUNS_FOLDER) && path.ends_with(&format!("-{run}.json"))
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
        let path = path_of("flows/a.flow.mjs", "k3x", 0);
        assert_eq!(path, "runs/a/1970-01-01T00-00-00.000Z-k3x.json");
        assert!(
            is_record_of(&path, "k3x")
                && !is_record_of(&path, "3x")
                && !is_record_of("x-k3x.json", "k3x")
        );
    }

    #[test]
    fn only_a_file_with_the_suffix_is_a_flow() {
        assert_eq!(flow_name("a/b.flow.js"), Some("b"));
        for path in ["b.js", ".flow.js", "b.flow.ts", "b.flow.js/x"] {
            assert_eq!(flow_name(path), None, "{path}");
        }
    }
}
