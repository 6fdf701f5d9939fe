//! What a person writes behind `selvage`.

use crate::doors::Doors;
use crate::error::{Result, ServeError};
use crate::membership::Membership;
use crate::voice::Voice;
use lexopt::prelude::*;
use selvage_courier::RoleName;
use selvage_jobs::Settings;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// The help.
const USAGE: &str = "\
usage: selvage serve [option...]          a place for devices to meet at, and a workspace's host
       selvage share RELAY [option...]    shares a folder's workspace over a relay, as its owner
       selvage invite [option...]         prints a link for another device, and asks for its digits
       selvage join LINK [option...]      comes in over such a link, into a new folder
       selvage leave [option...]          takes this device out; the files stay

options of serve:

  --listen ADDRESS   where to listen: an address with a port, 0 for a free one [127.0.0.1:4180]
  --data FOLDER      where rooms are kept [selvage-data]
  --no-storage       only forwards, and keeps nothing
  --pages FOLDER     serves the page that was built into this folder
  --name HOST        a name under which clients dial this server, besides the address it listens
                     on: host, or host:port where the port is not the scheme's own
  --origin ORIGIN    lets pages of this web origin connect, and have flows run with --jobs, besides
                     those of this server itself; once for each, or `*` for all to connect
  --workspace FOLDER holds a workspace in this folder, made where there is none; when it is shared,
                     this host is one of its devices
  --open-clients     lets programs that know nothing of Selvage read and write that workspace, by
                     automerge-repo's and y-websocket's protocols. Not encrypted: whoever knows the
                     printed addresses, or sees them pass by, can do the same. Off by default.
                     Where the workspace is shared, only an owner's device does so
  --jobs             runs flows for others: for whoever has a key that
                     `selvage keys add NAME --scope jobs --data FOLDER` made in the folder of --data.
                     The interpreters come from the folder in $SELVAGE_GUESTS
  --running N        how many jobs run at once, of all keys [one for each processor, two at least]
  --queued N         how many jobs wait, of all keys; one key has a quarter of that, unless it was
                     made with a number of its own [100]

options of share, invite, join and leave, while no host has the folder open:
  --workspace FOLDER the workspace's folder
  --name NAME        how other devices call this one [Host]
  --role ROLE        what the invited device is: owner, editor or viewer [editor]
  --page ADDRESS     the page that the link opens, if a browser opens it
                     [http://localhost:4180/]

  --json             writes one JSON value: { ok, value } or { ok, error }; what is said meanwhile goes
                     to standard error
  --help             this text";

/// The most jobs that are let run at once: each has threads of its own.
const RUNNING_MAX: usize = 256;

/// The most jobs that are let wait.
const QUEUED_MAX: usize = 10_000;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Serves.
    Serve(Options),
    /// Does something about the devices of the workspace in a folder.
    Member {
        /// The folder.
        folder: PathBuf,
        /// What.
        asked: Membership,
        /// How it is told.
        voice: Voice,
    },
}

/// What `selvage serve` is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where rooms are kept; `None` to keep nothing.
    pub data: Option<PathBuf>,
    /// The folder of the page; `None` to serve none.
    pub pages: Option<PathBuf>,
    /// Whom it answers.
    pub doors: Doors,
    /// The folder of the workspace that this host holds itself; `None` to hold none.
    pub workspace: Option<PathBuf>,
    /// Whether other people's clients may come to that workspace.
    pub open_clients: bool,
    /// Whether jobs are run for those who have a key.
    pub jobs: bool,
    /// How many jobs run at once, where that is told.
    pub running: Option<usize>,
    /// How many jobs wait, where that is told.
    pub queued: Option<usize>,
    /// How it is told where it listens.
    pub voice: Voice,
}

impl Command {
    /// Reads what stands behind the program's name; `None` when the help is asked for.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let command = match parser.next().map_err(usage)? {
            Some(Value(command)) => command.to_string_lossy().into_owned(),
            Some(Long("help") | Short('h')) => return Ok(None),
            Some(other) => return Err(usage(other.unexpected())),
            None => return Err(ServeError::Usage("what should it do?".to_owned())),
        };
        match &*command {
            "serve" => Ok(Options::parse(&mut parser)?.map(Self::Serve)),
            "share" | "invite" | "join" | "leave" => Self::parse_member(&command, &mut parser),
            _ => Err(ServeError::Usage(format!(
                "there is no command {command:?}"
            ))),
        }
    }

    fn parse_member(command: &str, parser: &mut lexopt::Parser) -> Result<Option<Self>> {
        let (mut folder, mut operand) = (None, None);
        let mut voice = Voice::default();
        let takes_one = matches!(command, "share" | "join");
        let mut name = "Host".to_owned();
        let mut role = RoleName::Editor;
        let mut page = "http://localhost:4180/".to_owned();
        while let Some(argument) = parser.next().map_err(usage)? {
            match argument {
                Long("workspace") => folder = Some(PathBuf::from(parser.value().map_err(usage)?)),
                Long("json") => voice.is_json = true,
                Long("name") if takes_one => name = text(parser)?,
                Long("page") if command == "invite" => page = text(parser)?,
                Long("role") if command == "invite" => {
                    role = match &*text(parser)? {
                        "owner" => RoleName::Owner,
                        "editor" => RoleName::Editor,
                        "viewer" => RoleName::Viewer,
                        other => {
                            let why = format!("{other:?} is no role: owner, editor or viewer");
                            return Err(ServeError::Usage(why));
                        }
                    };
                }
                Value(value) if takes_one && operand.is_none() => {
                    operand = Some(value.string().map_err(usage)?);
                }
                Long("help") | Short('h') => return Ok(None),
                other => return Err(usage(other.unexpected())),
            }
        }
        let lacks = |what: &str| ServeError::Usage(format!("{command} needs {what}"));
        let folder = folder.ok_or_else(|| lacks("--workspace"))?;
        let asked = match command {
            "invite" => Membership::Invite { role, page },
            "leave" => Membership::Leave,
            "share" => Membership::Share {
                relay: operand.ok_or_else(|| lacks("the relay's address"))?,
                name,
            },
            _ => Membership::Join {
                link: operand.ok_or_else(|| lacks("the link of an invitation"))?,
                name,
            },
        };
        Ok(Some(Self::Member {
            folder,
            asked,
            voice,
        }))
    }

    /// The help.
    pub fn usage() -> &'static str {
        USAGE
    }
}

fn usage(error: lexopt::Error) -> ServeError {
    ServeError::Usage(error.to_string())
}

fn text(parser: &mut lexopt::Parser) -> Result<String> {
    parser.value().and_then(|it| it.string()).map_err(usage)
}

/// A number of jobs, from one to what is the most.
fn count(parser: &mut lexopt::Parser, most: usize) -> Result<usize> {
    let given: usize = parser.value().and_then(|it| it.parse()).map_err(usage)?;
    if !(1..=most).contains(&given) {
        let why = format!("{given} is no number of jobs: 1 to {most}");
        return Err(ServeError::Usage(why));
    }
    Ok(given)
}

impl Options {
    /// How much is done for those who have jobs run.
    pub(crate) fn settings(&self) -> Settings {
        let usual = Settings::default();
        let queued_max = self.queued.unwrap_or(usual.queued_max);
        Settings {
            running_max: self.running.unwrap_or(usual.running_max),
            queued_max,
            key_queued_max: Settings::share(queued_max),
            ..usual
        }
    }

    fn parse(parser: &mut lexopt::Parser) -> Result<Option<Self>> {
        let mut options = Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4180),
            data: Some(PathBuf::from("selvage-data")),
            pages: None,
            doors: Doors::default(),
            workspace: None,
            open_clients: false,
            jobs: false,
            running: None,
            queued: None,
            voice: Voice::default(),
        };
        let (mut data, mut keeps) = (None, true);
        while let Some(argument) = parser.next().map_err(usage)? {
            match argument {
                Long("listen") => {
                    options.listen = parser.value().and_then(|it| it.parse()).map_err(usage)?
                }
                Long("data") => data = Some(PathBuf::from(parser.value().map_err(usage)?)),
                Long("pages") => {
                    options.pages = Some(PathBuf::from(parser.value().map_err(usage)?));
                }
                Long("workspace") => {
                    options.workspace = Some(PathBuf::from(parser.value().map_err(usage)?));
                }
                Long("jobs") => options.jobs = true,
                Long("running") => options.running = Some(count(parser, RUNNING_MAX)?),
                Long("queued") => options.queued = Some(count(parser, QUEUED_MAX)?),
                Long("json") => options.voice.is_json = true,
                Long("open-clients") => options.open_clients = true,
                Long("no-storage") => keeps = false,
                Long("origin") => {
                    let added = options.doors.origins.add(&text(parser)?);
                    added.map_err(ServeError::Usage)?;
                }
                Long("name") => {
                    let added = options.doors.names.add(&text(parser)?);
                    added.map_err(ServeError::Usage)?;
                }
                Long("help") | Short('h') => return Ok(None),
                other => return Err(usage(other.unexpected())),
            }
        }
        if !keeps && data.is_some() {
            let contradiction = "--data and --no-storage exclude each other";
            return Err(ServeError::Usage(contradiction.to_owned()));
        }
        if !keeps && options.jobs {
            let lacking = "--jobs needs the keys in the folder of --data";
            return Err(ServeError::Usage(lacking.to_owned()));
        }
        if !options.jobs && (options.running.is_some() || options.queued.is_some()) {
            let lacking = "--running and --queued need --jobs";
            return Err(ServeError::Usage(lacking.to_owned()));
        }
        if options.open_clients && options.workspace.is_none() {
            let lacking = "--open-clients needs --workspace";
            return Err(ServeError::Usage(lacking.to_owned()));
        }
        options.data = keeps.then(|| data.unwrap_or_else(|| PathBuf::from("selvage-data")));
        Ok(Some(options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(line: &str) -> Result<Option<Command>> {
        Command::parse(line.split_whitespace().map(OsString::from))
    }

    fn parse(line: &str) -> Result<Option<Options>> {
        Ok(command(line)?.map(|command| match command {
            Command::Serve(options) => options,
            Command::Member { .. } => panic!("{line} serves not"),
        }))
    }

    #[test]
    fn what_is_done_about_devices_is_read() {
        let member = |line: &str| match command(line) {
            Ok(Some(Command::Member { folder, asked, .. })) => (folder, asked),
            other => panic!("{line}: {other:?}"),
        };
        let here = PathBuf::from("here");
        let relay = "ws://localhost:4180".to_owned();
        let name = "Attic".to_owned();
        let line = "share ws://localhost:4180 --workspace here --name Attic";
        assert_eq!(
            member(line),
            (here.clone(), Membership::Share { relay, name })
        );
        let (role, page) = (RoleName::Owner, "https://a.example/".to_owned());
        let line = "invite --workspace here --role owner --page https://a.example/";
        assert_eq!(
            member(line),
            (here.clone(), Membership::Invite { role, page })
        );
        let line = "leave --workspace here";
        assert_eq!(member(line), (here.clone(), Membership::Leave));
        let (link, name) = ("https://a.example/#pair=x".to_owned(), "Host".to_owned());
        let line = "join https://a.example/#pair=x --workspace here";
        assert_eq!(member(line), (here, Membership::Join { link, name }));
        for line in [
            "share --workspace here",
            "share ws://localhost:4180",
            "invite",
            "invite --workspace here --role king",
            "invite --workspace here --name Attic",
            "join --workspace here",
            "join a b --workspace here",
            "leave",
            "leave now --workspace here",
            "go",
        ] {
            let error = command(line).expect_err(line);
            assert!(matches!(error, ServeError::Usage(_)), "{line}: {error}");
        }
    }

    #[test]
    fn a_server_of_jobs_does_as_much_as_it_is_told_and_gives_one_key_a_quarter_of_the_queue() {
        let settings = |line: &str| {
            let options = parse(line).expect("fine").expect("no help");
            let settings = options.settings();
            (
                settings.running_max,
                settings.queued_max,
                settings.key_queued_max,
            )
        };
        let usual = Settings::default().running_max;
        assert_eq!(settings("serve --jobs"), (usual, 100, 25));
        let line = "serve --jobs --running 256 --queued 10000";
        assert_eq!(settings(line), (256, 10_000, 2_500));
        assert_eq!(
            settings("serve --jobs --queued 3"),
            (usual, 3, 1),
            "nobody is left with nothing"
        );
    }

    #[test]
    fn options_are_read_and_contradictions_refused() {
        let plain = parse("serve").expect("fine").expect("no help");
        assert_eq!(plain.listen.to_string(), "127.0.0.1:4180");
        assert_eq!(plain.data, Some(PathBuf::from("selvage-data")));
        let line = "serve --listen [::1]:0 --no-storage --origin https://a.example";
        let options = parse(line).expect("fine").expect("no help");
        assert_eq!((options.listen.port(), options.data), (0, None));
        assert!(
            options
                .doors
                .origins
                .allows("https://a.example", "b.example")
        );
        assert!(!plain.open_clients && plain.workspace.is_none());
        let line = "serve --workspace here --open-clients";
        let options = parse(line).expect("fine").expect("no help");
        assert!(options.open_clients && options.workspace == Some(PathBuf::from("here")));
        assert!(!options.voice.is_json);
        let options = parse("serve --json").expect("fine").expect("no help");
        assert!(options.voice.is_json);
        assert_eq!(parse("serve --help").expect("fine"), None);
        for line in [
            "",
            "go",
            "serve more",
            "serve --listen here",
            "serve --data",
            "serve --data x --no-storage",
            "serve --origin a.example",
            "serve --name https://a.example",
            "serve --nothing",
            "serve --running 2",
            "serve --jobs --running 0",
            "serve --jobs --running 257",
            "serve --jobs --queued 10001",
            "serve --jobs --queued many",
            "serve --open-clients",
            "serve --workspace",
        ] {
            let error = parse(line).expect_err(line);
            assert!(matches!(error, ServeError::Usage(_)), "{line}: {error}");
        }
    }
}
