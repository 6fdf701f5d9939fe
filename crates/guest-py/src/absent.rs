//! Modules that can't exist in a run, and why: said by the import that fails, and by lint before that.

/// What a module needs that a run has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// A network of its own.
    Sockets,
    /// Other programs.
    Processes,
    /// Threads or shared memory.
    Threads,
    /// A terminal or a screen.
    Terminal,
    /// The machine it runs on.
    System,
    /// A part that is compiled for one machine.
    Compiled,
    /// Too large for what it gives in a run.
    Size,
    /// It is gone from Python itself.
    Gone,
}

impl Lack {
    /// What to tell somebody who wants it, after the module's name.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Lack::Sockets => {
                "needs sockets, and a run has none: use `requests` or `httpx`, which go through the domains that the run is granted"
            }
            Lack::Processes => "starts other programs, and there are none in a run",
            Lack::Threads => {
                "needs threads or processes of its own, and a run has one: use `asyncio`, or `concurrent.futures.ThreadPoolExecutor`, which calls each function in its turn"
            }
            Lack::Terminal => {
                "needs a terminal or a screen, and a run has none: print, write files, or take arguments"
            }
            Lack::System => "asks the machine, which a run does not see",
            Lack::Compiled => "is compiled for one kind of machine and can't be loaded in a run",
            Lack::Size => "is a part of the standard library that this Python leaves out",
            Lack::Gone => "was taken out of Python's standard library before version 3.14",
        }
    }
}

/// The modules by what they lack. A package stands for all that is in it; a part that a run has is found before anybody looks here.
const ABSENT: [(Lack, &[&str]); 8] = [
    (
        Lack::Sockets,
        &[
            "socket",
            "ssl",
            "socketserver",
            "selectors",
            "http.client",
            "http.server",
            "http.cookiejar",
            "urllib.request",
            "urllib.robotparser",
            "xmlrpc",
            "ftplib",
            "smtplib",
            "poplib",
            "imaplib",
            "wsgiref",
            "urllib3",
            "aiohttp",
            "paramiko",
            "psycopg2",
            "pymysql",
            "redis",
            "boto3",
        ],
    ),
    (
        Lack::Processes,
        &[
            "subprocess",
            "_posixsubprocess",
            "pty",
            "webbrowser",
            "venv",
            "ensurepip",
            "pip",
        ],
    ),
    (
        Lack::Threads,
        &[
            "multiprocessing",
            "concurrent.futures.process",
            "concurrent.interpreters",
            "_multiprocessing",
        ],
    ),
    (
        Lack::Terminal,
        &[
            "curses",
            "readline",
            "termios",
            "tty",
            "tkinter",
            "turtle",
            "idlelib",
            "getpass",
            "pdb",
            "bdb",
            "cmd",
            "code",
            "rlcompleter",
            "matplotlib",
        ],
    ),
    (
        Lack::System,
        &[
            "ctypes",
            "mmap",
            "resource",
            "pwd",
            "grp",
            "spwd",
            "syslog",
            "msvcrt",
            "winreg",
            "winsound",
            "tracemalloc",
            "psutil",
        ],
    ),
    (
        Lack::Compiled,
        &[
            "sqlite3",
            "dbm",
            "numpy",
            "pandas",
            "scipy",
            "polars",
            "lxml",
            "cryptography",
            "PIL",
            "pydantic_core",
            "pydantic",
            "orjson",
            "ujson",
            "yaml",
            "pyarrow",
            "sklearn",
            "torch",
            "tensorflow",
            "grpc",
            "cffi",
        ],
    ),
    (
        Lack::Size,
        &[
            "email",
            "mailbox",
            "unittest",
            "doctest",
            "pydoc",
            "profile",
            "cProfile",
            "pstats",
            "optparse",
            "plistlib",
            "tarfile",
            "zipapp",
            "shelve",
            "filecmp",
            "fileinput",
            "netrc",
            "wave",
            "trace",
            "symtable",
            "pickletools",
            "quopri",
            "stringprep",
            "xml.dom",
            "xml.sax",
            "_ast_unparse",
            "importlib.resources",
            "logging.config",
            "logging.handlers",
            "zipimport",
            "runpy",
            "site",
        ],
    ),
    (
        Lack::Gone,
        &[
            "distutils",
            "imp",
            "asyncore",
            "asynchat",
            "smtpd",
            "cgi",
            "cgitb",
            "telnetlib",
            "nntplib",
            "pipes",
            "crypt",
            "imghdr",
            "sndhdr",
            "audioop",
            "uu",
            "xdrlib",
        ],
    ),
];

/// Why a module can't be imported in a run; `None` where nothing is known of it.
#[must_use]
pub fn why(module: &str) -> Option<&'static str> {
    let mut name = module;
    loop {
        let found = ABSENT.iter().find(|(_, names)| names.contains(&name));
        if let Some((lack, _)) = found {
            return Some(lack.reason());
        }
        name = name.rsplit_once('.')?.0;
    }
}

/// What an import of a module says that is neither here nor in the workspace.
#[must_use]
pub fn message(module: &str) -> String {
    match why(module) {
        Some(reason) => format!("No module named '{module}' here: `{module}` {reason}."),
        None => format!(
            "No module named '{module}'. Packages are not installed here: it is neither a file of the workspace nor a part of the standard library that a run has."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_that_of_the_module_or_of_a_package_above_it() {
        assert_eq!(why("socket"), Some(Lack::Sockets.reason()));
        assert_eq!(why("pandas.core.frame"), Some(Lack::Compiled.reason()));
        assert_eq!(why("http.client"), Some(Lack::Sockets.reason()));
        assert_eq!(why("http"), None);
        assert_eq!(why("modules.absent"), None);
        assert!(message("numpy").contains("compiled"));
        assert!(message("leftpad").contains("not installed"));
    }

    #[test]
    fn nothing_is_listed_twice_or_is_there_after_all() {
        let names: Vec<&str> = ABSENT
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), names.len());
        let list = include_str!("../stdlib.txt");
        for name in names {
            let there = list
                .lines()
                .any(|line| line.trim_end_matches(".*").trim() == name);
            assert!(!there, "{name}");
        }
    }
}
