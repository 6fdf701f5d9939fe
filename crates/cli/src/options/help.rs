//! The help: of the whole program, and of each command alone.

/// Each command, and how it is written.
const COMMANDS: [(&str, &str); 22] = [
    ("init", "init                       makes a workspace in a folder"),
    ("ls", "ls [PATH] [-r]             lists a folder"),
    ("cat", "cat PATH                   writes a file to standard output"),
    (
        "write",
        "write PATH [--from FILE]   writes a file from standard input or a file",
    ),
    (
        "rm",
        "rm PATH...                 deletes files and folders, as one change",
    ),
    ("mv", "mv FROM TO                 moves or renames a file or a folder"),
    ("undo", "undo                       takes this device's last change back"),
    ("lint", "lint FLOW [--fix]          checks a flow without running it"),
    (
        "run",
        "run FLOW [option...]       runs a flow in the sandbox; --again RUN makes a past run again",
    ),
    ("flows", "flows                      lists the flows"),
    ("status", "status                     tells how the workspace is"),
    (
        "logs",
        "logs [RUN]                 writes a run's log; the last run's unless told",
    ),
    (
        "verify",
        "verify [RUN|--all] [--env NAME=VALUE] [--no-replay]
                                          checks who vouches for a run and runs it again; the last
                                          one unless told",
    ),
    (
        "export",
        "export [PATH] --to FILE.zip|FOLDER
                                          writes all files, or those below PATH, into a zip or a new folder",
    ),
    ("import", "import FILE.zip|FOLDER     takes files in, as one change"),
    (
        "mirror",
        "mirror FOLDER [--once]     keeps a folder of plain files equal to the workspace, both ways,
                                          until it is stopped",
    ),
    (
        "mcp",
        "mcp [--listen ADDRESS]     serves the tools to agents, by MCP: on standard input and
                                          output, or over HTTP",
    ),
    (
        "approvals",
        "approvals [list | show ID | approve ID | deny ID]
                                          decides what waits for a person in the program that has the
                                          workspace open; asks about each on a terminal unless told",
    ),
    (
        "keys",
        "keys add NAME | list | revoke NAME_OR_ID
                                          says who may come in over HTTP",
    ),
    (
        "secrets",
        "secrets set NAME --domain D | list | remove NAME | passphrase
                                          keeps keys of other services for fetches of runs",
    ),
    (
        "completions",
        "completions SHELL          writes what bash, zsh, fish or powershell completes by",
    ),
    (
        "help",
        "help [COMMAND]             tells how everything is written, or one command;
                                          `selvage --version` tells the program's version",
    ),
];

/// What is told together: its title, and each option behind the commands that take it.
type Section = (&'static str, &'static [(&'static str, &'static str)]);

const SECTIONS: [Section; 5] = [
    (
        "options of run, and of lint and verify where it makes sense",
        &[
            (
                "run",
                "--args JSON        what the flow sees as its arguments; @FILE reads them from a file",
            ),
            (
                "run verify",
                "--env NAME=VALUE   an entry of its environment; once for each",
            ),
            (
                "run lint",
                "--allow-net DOMAIN a domain it may fetch from; once for each",
            ),
            (
                "run",
                "--allow-tools NAMES
                     tools that it may call, besides those of its grant, as `read,write`; once for each, or
                     several with commas",
            ),
            (
                "run",
                "--grant JSON       what it may touch: { read, write, net, tools }; @FILE reads it from a file",
            ),
            (
                "run",
                "--secret NAME=SECRET
                     a secret that its fetches may carry, and what stands for it in its environment",
            ),
            (
                "run",
                "--limit NAME=N     a limit, by its name in docs/tools.md; once for each",
            ),
            ("run", "--seed N           the seed of its randomness"),
            (
                "run",
                "--start-ms N       the start of its clock, in milliseconds since 1970",
            ),
            (
                "run",
                "--again RUN        makes a past run again, with its flow and its arguments, in place of FLOW",
            ),
            (
                "run",
                "--dry-run          shows what it would write, and lands nothing",
            ),
            (
                "run",
                "--yes              approves whatever the policy asks about; a terminal is asked otherwise",
            ),
            (
                "lint",
                "--fix              applies the safe fixes",
            ),
            (
                "lint",
                "--format           lays a Python file out, after the fixes",
            ),
            (
                "verify",
                "--all              looks at every run, and whether an envelope is missing",
            ),
            ("verify", "--no-replay        runs nothing again"),
        ],
    ),
    (
        "options of mirror",
        &[
            ("mirror", "--once             ends when both sides are equal"),
            (
                "mirror",
                "--dry-run          shows what it would do, and does nothing",
            ),
            (
                "mirror",
                "--from SIDE        which side is right where both hold files and were never mirrored: disk,
                     workspace, or both",
            ),
            (
                "mirror",
                "--allow-removals   lets any number of files go at once",
            ),
        ],
    ),
    (
        "options of approvals",
        &[
            (
                "approvals",
                "--digest DIGEST    approves or denies what was shown, and nothing else",
            ),
            (
                "approvals",
                "--yes              approves it without showing it; a terminal is asked otherwise",
            ),
            (
                "approvals",
                "--reason TEXT      why, for the record and for who asked",
            ),
        ],
    ),
    (
        "options of mcp and keys",
        &[
            (
                "mcp",
                "--listen ADDRESS   listens for clients of HTTP, as 127.0.0.1:8080: /mcp and /tools/NAME",
            ),
            (
                "mcp",
                "--no-key           asks for no key, at an address of this machine",
            ),
            (
                "mcp",
                "--host NAME        a name that clients call this host by; once for each",
            ),
            (
                "keys",
                "--scope SCOPE      what a key is for: tools (unless told), approve, jobs, metrics",
            ),
            (
                "keys",
                "--data FOLDER      the folder of a `selvage serve --jobs`, in place of a workspace's",
            ),
            (
                "keys",
                "--per-minute N     how many requests a new key may make in a minute [600]",
            ),
            (
                "keys",
                "--running N        how many jobs of a new key run at once at `selvage serve --jobs` [2]",
            ),
            (
                "keys",
                "--queued N         how many of its jobs wait there [a quarter of the server's queue]",
            ),
        ],
    ),
    (
        "options of secrets",
        &[
            (
                "secrets",
                "--domain DOMAIN    where the secret may go: api.example.com, or *.example.com; once for each",
            ),
            (
                "secrets",
                "--in PART          the part of a request that it may stand in: header (unless told), address, body;
                     once for each",
            ),
            (
                "secrets",
                "--from FILE        reads its value from a file; it is asked for, or read from standard input, otherwise",
            ),
        ],
    ),
];

/// Options that their commands tell where they are written.
const BESIDE: [(&str, &str); 3] = [
    ("ls", "-r, --recursive    with all that is below"),
    (
        "write",
        "--from FILE        the file to read, in place of standard input",
    ),
    (
        "export",
        "--to PLACE         the zip, by a name that ends in .zip, or the folder",
    ),
];

/// Options of all that works with a workspace.
const OF_ALL: &str =
    "  --workspace FOLDER the workspace's folder [$SELVAGE_WORKSPACE, or this folder]
  --json             writes one JSON value: { ok, value } or { ok, error }";

/// The commands that have none of those.
const WITHOUT_WORKSPACE: [&str; 2] = ["completions", "help"];

/// What else is to be known, behind the commands that it is about.
const NOTES: [(&str, &str); 3] = [
    (
        "secrets",
        "\
The passphrase is $SELVAGE_SECRETS_PASSPHRASE, or in the file that $SELVAGE_SECRETS_PASSPHRASE_FILE
names; else it is asked for. A new one is in the file of $SELVAGE_SECRETS_NEW_PASSPHRASE_FILE, or is
asked for.",
    ),
    (
        "run lint",
        "\
A flow is a path, `path::function`, or a name.",
    ),
    (
        "run verify mcp mirror",
        "\
Guests come from the folder in $SELVAGE_GUESTS, or `guests` beside the program. $SELVAGE_EXECUTOR,
`remote:https://HOST`, has runs run at a server, with the key in $SELVAGE_EXECUTOR_KEY. Ctrl-C
cancels a run; nothing that it wrote lands.",
    ),
];

const EXIT_CODES: &str = "\
exit codes: 0 done, 1 failed, 2 usage, 3 errors in the flow, 4 the run failed, 5 the workspace is
held by another program, 6 not verified, 7 mirrored and somebody has to look, 8 verified but
not made again here, 130 cancelled, 141 nobody reads standard output any more";

/// The help of the whole program.
pub fn whole() -> String {
    let usages = COMMANDS.map(|(_, usage)| format!("selvage {usage}"));
    let mut parts = vec![
        format!("usage: {}", usages.join("\n       ")),
        format!("options of all of these, before the command or behind it:\n\n{OF_ALL}"),
    ];
    for (title, options) in SECTIONS {
        let options = options.iter().map(|(_, option)| format!("  {option}"));
        let options: Vec<String> = options.collect();
        parts.push(format!("{title}:\n\n{}", options.join("\n")));
    }
    parts.extend(NOTES.map(|(_, note)| note.to_owned()));
    parts.push(EXIT_CODES.into());
    parts.push(selvage_serve::Command::usage().into());
    parts.join("\n\n")
}

/// How a command is written, in a line or two; nothing where there is no such command.
pub fn usage(command: &str) -> Option<String> {
    let own = COMMANDS.iter().find(|(name, _)| *name == command);
    if let Some((_, usage)) = own {
        return Some(format!("usage: selvage {usage}"));
    }
    let start = format!("selvage {command} ");
    let mut lines = selvage_serve::Command::usage().lines();
    let line = lines.find_map(|line| Some(&line[line.find(&start)?..]));
    line.map(|line| format!("usage: {line}"))
}

/// The help of one command; nothing where there is no such command.
pub fn of(command: &str) -> Option<String> {
    let mut parts = vec![usage(command)?];
    if COMMANDS.iter().all(|(name, _)| *name != command) {
        // The library that does these has one help for all of them.
        return Some(selvage_serve::Command::usage().into());
    }
    let sections = SECTIONS.iter().flat_map(|(_, options)| options.iter());
    let options = sections.chain(&BESIDE).filter(|(of, _)| is_of(of, command));
    let mut options: Vec<String> = options.map(|(_, option)| format!("  {option}")).collect();
    if !WITHOUT_WORKSPACE.contains(&command) {
        options.push(OF_ALL.into());
    }
    options.push("  --help             this text".into());
    parts.push(format!("options:\n\n{}", options.join("\n")));
    let notes = NOTES.iter().filter(|(of, _)| is_of(of, command));
    parts.extend(notes.map(|(_, note)| (*note).to_owned()));
    parts.push("`selvage help` has all commands, and the exit codes.".into());
    Some(parts.join("\n\n"))
}

fn is_of(commands: &str, command: &str) -> bool {
    commands.split(' ').any(|name| name == command)
}
