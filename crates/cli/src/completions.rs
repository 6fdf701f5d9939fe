//! `selvage completions`: what a shell goes by to complete a command line, made from one table of commands and their options.
//!
//! A test holds the table against what reads the command line, and against the help.

use std::fmt::Write as _;

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
            Self::Bash => bash(),
            Self::Zsh => zsh(),
            Self::Fish => fish(),
            Self::Pwsh => powershell(),
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
    /// One of these.
    OneOf(&'static str),
}

use Word::{File, Folder, None as Flag, OneOf, Text};

/// A command: its name, what it does, its operand, its options and what each of them takes.
type Command = (
    &'static str,
    &'static str,
    Word,
    &'static [(&'static str, Word)],
);

/// Options of all that works with a workspace.
const ALL: [(&str, Word); 3] = [("workspace", Folder), ("json", Flag), ("help", Flag)];

const SHELLS: &str = "bash zsh fish powershell";

const COMMANDS: [Command; 22] = [
    ("init", "makes a workspace in a folder", Word::None, &[]),
    ("ls", "lists a folder", Text, &[("recursive", Flag)]),
    ("cat", "writes a file to standard output", Text, &[]),
    ("write", "writes a file", Text, &[("from", File)]),
    (
        "lint",
        "checks a flow without running it",
        Text,
        &[("fix", Flag), ("allow-net", Text)],
    ),
    (
        "run",
        "runs a flow",
        Text,
        &[
            ("args", Text),
            ("env", Text),
            ("allow-net", Text),
            ("secret", Text),
            ("limit", Text),
            ("seed", Text),
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
        &[("all", Flag), ("no-replay", Flag)],
    ),
    (
        "export",
        "writes files into a zip or a folder",
        Text,
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
        "keys",
        "says who may come in over HTTP",
        OneOf("add list revoke"),
        &[
            ("scope", OneOf("tools approve jobs metrics")),
            ("data", Folder),
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
    let is_of_devices = matches!(command.0, "serve" | "share" | "invite" | "join" | "leave");
    let all = ALL.into_iter().filter(|(name, _)| match command.0 {
        "completions" => *name == "help",
        _ => !is_of_devices || *name != "json",
    });
    command.3.iter().copied().chain(all).collect()
}

fn names(options: &[(&str, Word)]) -> String {
    let names: Vec<String> = options
        .iter()
        .map(|(name, _)| format!("--{name}"))
        .collect();
    names.join(" ")
}

fn commands() -> String {
    COMMANDS.map(|command| command.0).join(" ")
}

fn bash() -> String {
    let word = |word: Word| match word {
        Flag | Text => ":".into(),
        File => "COMPREPLY=($(compgen -f -- \"$cur\"))".into(),
        Folder => "COMPREPLY=($(compgen -d -- \"$cur\"))".into(),
        OneOf(words) => format!(
            "COMPREPLY=($(compgen -W '{}' -- \"$cur\"))",
            words.replace(' ', "\n")
        ),
    };
    let (mut values, mut operands) = (String::new(), String::new());
    for command in &COMMANDS {
        let options = options(command);
        for (name, value) in &options {
            if !matches!(value, Flag) {
                let does = word(*value);
                let _ = writeln!(values, "    {}:--{name}) {does} ; return ;;", command.0);
            }
        }
        let flags = names(&options).replace(' ', "\n");
        let does = word(command.2);
        let _ = writeln!(
            operands,
            "    {}:-*) COMPREPLY=($(compgen -W '{flags}' -- \"$cur\")) ;;\n    {}:*) {does} ;;",
            command.0, command.0
        );
    }
    format!(
        "# selvage completions bash > ~/.local/share/bash-completion/completions/selvage
_selvage() {{
  local IFS=$'\\n' cur=\"${{COMP_WORDS[COMP_CWORD]}}\" prev=\"${{COMP_WORDS[COMP_CWORD-1]}}\"
  COMPREPLY=()
  if [ \"$COMP_CWORD\" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{}' -- \"$cur\"))
    return
  fi
  compopt -o filenames 2>/dev/null
  case \"${{COMP_WORDS[1]}}:$prev\" in
{values}  esac
  case \"${{COMP_WORDS[1]}}:$cur\" in
{operands}  esac
}}
complete -F _selvage selvage
",
        commands().replace(' ', "\n")
    )
}

fn zsh() -> String {
    let word = |word: Word| match word {
        Flag => String::new(),
        Text => ":value:".into(),
        File => ":file:_files".into(),
        Folder => ":folder:_files -/".into(),
        OneOf(words) => format!(":word:({words})"),
    };
    let (mut described, mut cases) = (String::new(), String::new());
    for command in &COMMANDS {
        let _ = writeln!(described, "    '{}:{}'", command.0, command.1);
        let options = options(command);
        let options = options
            .iter()
            .map(|(name, value)| format!("'*--{name}{}'", word(*value)));
        let mut all: Vec<String> = options.collect();
        if !matches!(command.2, Flag) {
            all.push(format!("'1{}'", word(command.2)));
        }
        let _ = writeln!(cases, "    {}) _arguments {} ;;", command.0, all.join(" "));
    }
    format!(
        "#compdef selvage
# selvage completions zsh > a folder of $fpath/_selvage
_selvage() {{
  local -a commands
  commands=(
{described}  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{cases}  esac
}}
if [ \"$funcstack[1]\" = _selvage ]; then _selvage \"$@\"; else compdef _selvage selvage; fi
"
    )
}

fn fish() -> String {
    let mut out = String::from(
        "# selvage completions fish > ~/.config/fish/completions/selvage.fish\ncomplete -c selvage -f\n",
    );
    let word = |word: Word| match word {
        Flag => String::new(),
        Text => " -x".into(),
        File => " -r -F".into(),
        Folder => " -x -a '(__fish_complete_directories)'".into(),
        OneOf(words) => format!(" -x -a '{words}'"),
    };
    for command in &COMMANDS {
        let (name, about) = (command.0, command.1);
        let _ = writeln!(
            out,
            "complete -c selvage -n __fish_use_subcommand -a {name} -d '{about}'"
        );
        let seen = format!("complete -c selvage -n '__fish_seen_subcommand_from {name}'");
        for (option, value) in options(command) {
            let _ = writeln!(out, "{seen} -l {option}{}", word(value));
        }
        let _ = match command.2 {
            Flag | Text => Ok(()),
            File => writeln!(out, "{seen} -F"),
            Folder => writeln!(out, "{seen} -a '(__fish_complete_directories)'"),
            OneOf(words) => writeln!(out, "{seen} -a '{words}'"),
        };
    }
    out
}

fn powershell() -> String {
    let mut table = String::new();
    for command in &COMMANDS {
        let mut words = names(&options(command));
        if let OneOf(more) = command.2 {
            words = format!("{more} {words}");
        }
        let _ = writeln!(table, "    '{}' = '{words}'", command.0);
    }
    let mut values = String::new();
    for command in &COMMANDS {
        for (option, value) in options(command) {
            if let OneOf(words) = value {
                let _ = writeln!(values, "    '{} --{option}' = '{words}'", command.0);
            }
        }
    }
    format!(
        "# selvage completions powershell >> $PROFILE
Register-ArgumentCompleter -Native -CommandName selvage -ScriptBlock {{
  param($word, $ast, $cursor)
  $commands = @{{
{table}  }}
  $values = @{{
{values}  }}
  $said = @($ast.CommandElements | ForEach-Object {{ $_.ToString() }})
  $before = if ($word) {{ $said.Count - 2 }} else {{ $said.Count - 1 }}
  $of = if ($before -lt 1) {{ '{}' }}
    elseif ($values.ContainsKey(\"$($said[1]) $($said[$before])\")) {{ $values[\"$($said[1]) $($said[$before])\"] }}
    else {{ $commands[$said[1]] }}
  \"$of\".Split(' ') | Where-Object {{ $_ -and $_.StartsWith($word) }} | ForEach-Object {{
    [System.Management.Automation.CompletionResult]::new($_)
  }}
}}
",
        commands()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Asked, usage};
    use std::collections::BTreeSet;
    use std::ffi::OsString;

    /// Whether a command takes an option: what reads the command line says.
    fn takes(command: &str, option: &str, value: Word) -> bool {
        let mut words = vec![command.to_owned(), format!("--{option}")];
        match value {
            Flag => {}
            OneOf(of) => words.extend(of.split(' ').next().map(str::to_owned)),
            Text | File | Folder => words.push("1".into()),
        }
        let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
        let said = match Asked::parse(&words) {
            Ok(Asked::Serve) => selvage_serve::Command::parse(words)
                .err()
                .map(|it| it.to_string()),
            Ok(_) => None,
            Err(why) => Some(why.to_string()),
        };
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
        let usage = usage();
        let told = usage.split("--").skip(1).map(|rest| {
            let end = rest.find(|sign: char| !sign.is_ascii_lowercase() && sign != '-');
            rest[..end.unwrap_or(rest.len())].to_owned()
        });
        let mut told: BTreeSet<String> = told.collect();
        // It is told by its letter.
        told.insert("recursive".into());
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
