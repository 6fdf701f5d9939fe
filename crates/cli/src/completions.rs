//! `selvage completions`: what a shell goes by to complete a command line, made from one table of commands and their options.
//!
//! A test holds the table against what reads the command line, and against the help.

mod scripts;

/// A shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// GNU Bash, 3.2 and later.
    Bash,
    /// The Z shell.
    Zsh,
    /// fish.
    Fish,
    /// PowerShell.
    Pwsh,
}

impl Shell {
    /// All of them, by the names that are written.
    pub const ALL: [(&str, Self); 4] = [
        ("bash", Self::Bash),
        ("zsh", Self::Zsh),
        ("fish", Self::Fish),
        ("powershell", Self::Pwsh),
    ];

    /// The script for this shell.
    pub fn script(self) -> String {
        match self {
            Self::Bash => scripts::bash(),
            Self::Zsh => scripts::zsh(),
            Self::Fish => scripts::fish(),
            Self::Pwsh => scripts::powershell(),
        }
    }
}

/// What stands for a word.
#[derive(Clone, Copy)]
enum Word {
    /// Nothing.
    None,
    /// What only the person knows.
    Text,
    /// A file of this machine.
    File,
    /// A folder of this machine.
    Folder,
    /// A path of the workspace.
    Path,
    /// A flow of the workspace.
    Flow,
    /// One of these.
    OneOf(&'static str),
}

use Word::{File, Flow, Folder, None as Flag, OneOf, Path, Text};

/// A command: its name, what it does, its operand, its options and what each of them takes.
type Command = (
    &'static str,
    &'static str,
    Word,
    &'static [(&'static str, Word)],
);

/// The commands that write no JSON: what they write is for a shell or a person to read.
const WITHOUT_JSON: [&str; 2] = ["completions", "help"];

/// Options of all that works with a workspace.
const ALL: [(&str, Word); 3] = [("workspace", Folder), ("json", Flag), ("help", Flag)];

/// The limits of a run, each with what stands before its number. A test holds them against those that there are.
const LIMITS: &str = "fuelMax= cpuMsMax= wallMsMax= memoryBytesMax= stackCallsMax= outputBytesMax= filesMax= writtenBytesMax= callsMax= fetchesMax= fetchBytesMax=";

const SHELLS: &str = "bash zsh fish powershell";

const COMMANDS: [Command; 27] = [
    ("init", "makes a workspace in a folder", Word::None, &[]),
    ("ls", "lists a folder", Path, &[("recursive", Flag)]),
    ("cat", "writes a file to standard output", Path, &[]),
    ("write", "writes a file", Path, &[("from", File)]),
    ("rm", "deletes files and folders", Path, &[]),
    ("mv", "moves a file or a folder", Path, &[]),
    (
        "undo",
        "takes the last change of this device back",
        Word::None,
        &[],
    ),
    (
        "lint",
        "checks a flow without running it",
        Flow,
        &[("fix", Flag), ("format", Flag), ("allow-net", Text)],
    ),
    (
        "run",
        "runs a flow",
        Flow,
        &[
            ("args", Text),
            ("env", Text),
            ("allow-net", Text),
            ("allow-tools", Text),
            ("grant", Text),
            ("secret", Text),
            ("limit", OneOf(LIMITS)),
            ("seed", Text),
            ("start-ms", Text),
            ("again", Text),
            ("dry-run", Flag),
            ("yes", Flag),
        ],
    ),
    ("flows", "lists the flows", Word::None, &[]),
    ("status", "tells how the workspace is", Word::None, &[]),
    ("logs", "writes the log of a run", Text, &[]),
    (
        "verify",
        "checks who vouches for a run",
        Text,
        &[("all", Flag), ("env", Text), ("no-replay", Flag)],
    ),
    (
        "export",
        "writes files into a zip or a folder",
        Path,
        &[("to", File)],
    ),
    ("import", "takes a zip or a folder in", File, &[]),
    (
        "mirror",
        "keeps a folder equal to the workspace",
        Folder,
        &[
            ("once", Flag),
            ("dry-run", Flag),
            ("from", OneOf("disk workspace both")),
            ("allow-removals", Flag),
        ],
    ),
    (
        "mcp",
        "serves the tools to agents",
        Word::None,
        &[("listen", Text), ("no-key", Flag), ("host", Text)],
    ),
    (
        "approvals",
        "decides what waits for a person",
        OneOf("list show approve deny"),
        &[("digest", Text), ("yes", Flag), ("reason", Text)],
    ),
    (
        "keys",
        "says who may come in over HTTP",
        OneOf("add list revoke"),
        &[
            ("scope", OneOf("tools approve jobs metrics")),
            ("data", Folder),
            ("per-minute", Text),
            ("running", Text),
            ("queued", Text),
        ],
    ),
    (
        "secrets",
        "keeps keys of other services",
        OneOf("set list remove passphrase"),
        &[
            ("domain", Text),
            ("in", OneOf("header address body")),
            ("from", File),
        ],
    ),
    ("completions", "writes this for a shell", OneOf(SHELLS), &[]),
    ("help", "tells how a command is written", Text, &[]),
    (
        "serve",
        "is where devices meet",
        Word::None,
        &[
            ("listen", Text),
            ("data", Folder),
            ("no-storage", Flag),
            ("pages", Folder),
            ("name", Text),
            ("origin", Text),
            ("open-clients", Flag),
            ("jobs", Flag),
            ("running", Text),
            ("queued", Text),
        ],
    ),
    ("share", "shares the workspace", Text, &[("name", Text)]),
    (
        "invite",
        "prints a link for another device",
        Word::None,
        &[("role", OneOf("owner editor viewer")), ("page", Text)],
    ),
    ("join", "comes in over a link", Text, &[("name", Text)]),
    ("leave", "takes this device out", Word::None, &[]),
];

/// The options of a command, those of all commands included.
fn options(command: &Command) -> Vec<(&'static str, Word)> {
    let is_bare = WITHOUT_JSON.contains(&command.0);
    let all = ALL
        .into_iter()
        .filter(|(name, _)| !is_bare || *name == "help");
    command.3.iter().copied().chain(all).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Asked, help};
    use std::collections::BTreeSet;
    use std::ffi::OsString;

    /// Whether a command takes an option: what reads the command line says.
    fn takes(command: &str, option: &str, value: Word) -> bool {
        let mut words = vec![command.to_owned(), format!("--{option}")];
        match value {
            Flag => {}
            OneOf(of) => words.extend(of.split(' ').next().map(str::to_owned)),
            Text | File | Folder | Path | Flow => words.push("1".into()),
        }
        let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
        let said = Asked::parse(&words).err().map(|why| why.to_string());
        !said.is_some_and(|why| why.starts_with(&format!("invalid option '--{option}'")))
    }

    #[test]
    fn the_table_has_what_the_command_line_takes_and_the_help_tells() {
        let all = COMMANDS.iter().flat_map(options);
        let all: Vec<(&str, Word)> = all.collect();
        for command in &COMMANDS {
            let own = options(command);
            for (option, value) in &all {
                let known = own.iter().find(|(name, _)| name == option);
                let value = known.map_or(*value, |(_, value)| *value);
                let name = command.0;
                assert_eq!(
                    takes(name, option, value),
                    known.is_some(),
                    "{name} --{option}"
                );
            }
        }
        let usage = help::whole();
        let told = usage.split("--").skip(1).map(|rest| {
            let end = rest.find(|sign: char| !sign.is_ascii_lowercase() && sign != '-');
            rest[..end.unwrap_or(rest.len())].to_owned()
        });
        let mut told: BTreeSet<String> = told.collect();
        // One is told by its letter, and one belongs to no command.
        told.insert("recursive".into());
        told.remove("version");
        let all: BTreeSet<String> = all.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(told, all);
        for command in &COMMANDS {
            assert!(
                usage.contains(&format!("selvage {}", command.0)),
                "{}",
                command.0
            );
        }
    }

    #[test]
    fn the_help_of_a_command_has_its_options() {
        for command in &COMMANDS {
            let name = command.0;
            let told = help::of(name).expect(name);
            assert!(told.starts_with("usage: selvage "), "{told}");
            for (option, _) in options(command) {
                let is_told = [format!("\n  --{option} "), format!("\n  -r, --{option} ")]
                    .iter()
                    .any(|line| told.contains(line));
                assert!(is_told, "{name}: {option}");
            }
        }
    }

    #[test]
    fn every_command_that_tells_something_tells_it_as_json() {
        for (command, ..) in &COMMANDS {
            let is_told = takes(command, "json", Flag);
            assert_eq!(is_told, !WITHOUT_JSON.contains(command), "{command}");
        }
    }

    #[test]
    fn the_limits_are_those_of_a_run() {
        let limits = crate::limits::names().into_iter();
        let limits: Vec<String> = limits.map(|name| name + "=").collect();
        assert_eq!(limits.join(" "), LIMITS);
    }

    #[test]
    fn every_shell_has_every_command() {
        for (name, shell) in Shell::ALL {
            let script = shell.script();
            for command in &COMMANDS {
                assert!(script.contains(command.0), "{name} {}", command.0);
            }
        }
        let told = Shell::ALL.map(|(name, _)| name).join(" ");
        assert_eq!(told, SHELLS);
    }
}
