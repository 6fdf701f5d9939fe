//! What a person writes behind `selvage`.

use crate::doors::Doors;
use crate::error::{Result, ServeError};
use lexopt::prelude::*;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// The help.
pub(crate) const USAGE: &str = "\
usage: selvage serve [option...]

  --listen ADDRESS   where to listen: an address with a port, 0 for a free one [127.0.0.1:4180]
  --data FOLDER      where rooms are kept [selvage-data]
  --no-storage       only forwards, and keeps nothing
  --pages FOLDER     serves the page that was built into this folder
  --name HOST        a name under which clients dial this server, besides the address it listens
                     on: host, or host:port where the port is not the scheme's own
  --origin ORIGIN    lets pages of this web origin connect, besides those of this server itself;
                     once for each, or `*` for all
  --workspace FOLDER holds a workspace in this folder, made where there is none
  --open-clients     lets programs that know nothing of Selvage read and write that workspace, by
                     automerge-repo's and y-websocket's protocols. Not encrypted: whoever knows the
                     printed addresses, or sees them pass by, can do the same. Off by default
  --help             this text";

/// See the module.
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
}

impl Options {
    /// Reads what stands behind the program's name; `None` when the help is asked for.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>> {
        let usage = |error: lexopt::Error| ServeError::Usage(error.to_string());
        let mut parser = lexopt::Parser::from_args(arguments);
        match parser.next().map_err(usage)? {
            Some(Value(command)) if command == "serve" => {}
            Some(Long("help") | Short('h')) => return Ok(None),
            Some(other) => return Err(usage(other.unexpected())),
            None => return Err(ServeError::Usage("what should it do?".to_owned())),
        }
        let mut options = Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4180),
            data: Some(PathBuf::from("selvage-data")),
            pages: None,
            doors: Doors::default(),
            workspace: None,
            open_clients: false,
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
                Long("open-clients") => options.open_clients = true,
                Long("no-storage") => keeps = false,
                Long("origin") => {
                    let origin = parser.value().and_then(|it| it.string()).map_err(usage)?;
                    let added = options.doors.origins.add(&origin);
                    added.map_err(ServeError::Usage)?;
                }
                Long("name") => {
                    let name = parser.value().and_then(|it| it.string()).map_err(usage)?;
                    options.doors.names.add(&name).map_err(ServeError::Usage)?;
                }
                Long("help") | Short('h') => return Ok(None),
                other => return Err(usage(other.unexpected())),
            }
        }
        if !keeps && data.is_some() {
            let contradiction = "--data and --no-storage exclude each other";
            return Err(ServeError::Usage(contradiction.to_owned()));
        }
        if options.open_clients && options.workspace.is_none() {
            let lacking = "--open-clients needs --workspace";
            return Err(ServeError::Usage(lacking.to_owned()));
        }
        options.data = keeps.then(|| data.unwrap_or_else(|| PathBuf::from("selvage-data")));
        Ok(Some(options))
    }

    /// The help.
    pub fn usage() -> &'static str {
        USAGE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Options>> {
        Options::parse(line.split_whitespace().map(OsString::from))
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
            "serve --open-clients",
            "serve --workspace",
        ] {
            let error = parse(line).expect_err(line);
            assert!(error.to_string().contains("usage:"), "{line}");
        }
    }
}
