//! The table in the language of each shell.

use super::Word::{File, Flow, Folder, None as Flag, OneOf, Path, Text};
use super::{COMMANDS, Word, options};
use std::fmt::Write as _;

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

pub fn bash() -> String {
    let word = |word: Word| match word {
        Flag | Text => ":".into(),
        File => "COMPREPLY=($(compgen -f -- \"$cur\"))".into(),
        Folder => "COMPREPLY=($(compgen -d -- \"$cur\"))".into(),
        Path => "_selvage_of < <(_selvage_said ls -r | cut -c15-)".into(),
        Flow => "_selvage_of < <(_selvage_said flows | sed 's/  .*//; s/ (.*//')".into(),
        OneOf(words) => {
            // A number comes right behind these.
            let ends = match words.ends_with('=') {
                true => " ; compopt +o filenames -o nospace 2>/dev/null",
                false => "",
            };
            let words = words.replace(' ', "\n");
            format!("COMPREPLY=($(compgen -W '{words}' -- \"$cur\")){ends}")
        }
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
# What the workspace has. Names are others' texts: nothing of them is expanded.
_selvage_said() {{
  local at=() i
  for ((i = 1; i < COMP_CWORD; i++)); do
    [ \"${{COMP_WORDS[i]}}\" = --workspace ] && at=(--workspace \"${{COMP_WORDS[i+1]}}\")
  done
  \"${{COMP_WORDS[0]}}\" \"$@\" ${{at[@]+\"${{at[@]}}\"}} 2>/dev/null
}}
_selvage_of() {{
  local word
  while IFS= read -r word; do
    [[ $word == \"$cur\"* ]] && COMPREPLY+=(\"$word\")
  done
}}
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

pub fn zsh() -> String {
    let word = |word: Word| match word {
        Flag => String::new(),
        Text | Path | Flow => ":value:".into(),
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

pub fn fish() -> String {
    let mut out = String::from(
        "# selvage completions fish > ~/.config/fish/completions/selvage.fish\ncomplete -c selvage -f\n",
    );
    let word = |word: Word| match word {
        Flag => String::new(),
        Text | Path | Flow => " -x".into(),
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
            Flag | Text | Path | Flow => Ok(()),
            File => writeln!(out, "{seen} -F"),
            Folder => writeln!(out, "{seen} -a '(__fish_complete_directories)'"),
            OneOf(words) => writeln!(out, "{seen} -a '{words}'"),
        };
    }
    out
}

pub fn powershell() -> String {
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
