//! What the engine advises, in the words of the command line.
//!
//! Its hints are for every door: they name tools and members of their inputs. With `--json` they stay as they are.

use crate::limits;

/// Words of the engine, and what stands for them here. Each is more than a name in marks, which might be that of a file.
const WORDS: [(&str, &str); 12] = [
    ("`approval_list` ", "`selvage approvals list` "),
    ("`flow_list` lists", "`selvage flows` lists"),
    ("`flow_runs` lists", "`selvage ls -r runs` lists"),
    ("`lint_flow` lists", "`selvage lint` lists"),
    ("by `lint_flow`", "by `selvage lint`"),
    ("`ls` and `search` show ", "`selvage ls -r` shows "),
    ("`ls` shows ", "`selvage ls` shows "),
    ("`workspace_status` lists", "`selvage status --json` lists"),
    ("with `mode: \"run\"`", "without `--dry-run`"),
    ("with a `grant` ", "with a `--grant` "),
    ("with `startMs` ", "with `--start-ms N` "),
    ("`run_flow` takes", "`selvage run` takes"),
];

/// Members of a run's input that are lists, and the option for one of each.
const LISTS: [(&str, &str); 2] = [("allowNet", "--allow-net"), ("allowTools", "--allow-tools")];

/// A hint as a person at a terminal can follow it.
pub fn told(hint: &str) -> String {
    let mut hint = hint.to_owned();
    for (word, here) in WORDS {
        hint = hint.replace(word, here);
    }
    // What stands in marks is every second part.
    let parts = hint.split('`').enumerate().map(|(at, part)| match at % 2 {
        0 => part.to_owned(),
        _ => option(part).unwrap_or_else(|| part.to_owned()),
    });
    parts.collect::<Vec<_>>().join("`")
}

/// The options for what a run's input would have.
fn option(words: &str) -> Option<String> {
    for (member, option) in LISTS {
        let list = words
            .strip_prefix(member)
            .and_then(|it| it.strip_prefix(": "));
        if let Some(list) = list.and_then(|list| serde_json::from_str::<Vec<String>>(list).ok()) {
            let options = list.iter().map(|one| format!("{option} {one}"));
            return Some(options.collect::<Vec<_>>().join(" "));
        }
    }
    let inner = words
        .strip_prefix("limits: { ")
        .and_then(|it| it.strip_suffix(": … }"));
    let limit = inner.unwrap_or_else(|| words.strip_prefix("limits.").unwrap_or(words));
    limits::is_one(limit).then(|| format!("--limit {limit}=…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_names_options_and_commands() {
        for (hint, here) in [
            (
                "Run it with `allowNet: [\"a.org\"]`.",
                "Run it with `--allow-net a.org`.",
            ),
            (
                "Run the flow with `allowNet: [\"a.org\", \"b.org\"]`.",
                "Run the flow with `--allow-net a.org --allow-net b.org`.",
            ),
            (
                "Run it with `allowTools: [\"write\"]`.",
                "Run it with `--allow-tools write`.",
            ),
            (
                "Make the flow do less, or run it with `limits: { cpuMsMax: … }` above 10000.",
                "Make the flow do less, or run it with `--limit cpuMsMax=…` above 10000.",
            ),
            (
                "Run it with a larger `memoryBytesMax`, or keep the data in smaller files.",
                "Run it with a larger `--limit memoryBytesMax=…`, or keep the data in smaller files.",
            ),
            (
                "Work on smaller pieces, or run it with a higher `limits.memoryBytesMax`.",
                "Work on smaller pieces, or run it with a higher `--limit memoryBytesMax=…`.",
            ),
            (
                "Run the flow with `mode: \"run\"`.",
                "Run the flow without `--dry-run`.",
            ),
            (
                "Run it with a `grant` whose `read` covers `a.txt`.",
                "Run it with a `--grant` whose `read` covers `a.txt`.",
            ),
            (
                "`flow_list` lists the flows.",
                "`selvage flows` lists the flows.",
            ),
            // Names of files are no words of the engine.
            (
                "Choose another name, or move or delete `ls` first.",
                "Choose another name, or move or delete `ls` first.",
            ),
        ] {
            assert_eq!(told(hint), here);
        }
    }
}
