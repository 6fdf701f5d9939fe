//! A server of the test's own on a port of this machine, and guests that ask it.

use crate::bench::{compiled, guest};
use selvage_host::{Executor, Guests};
use selvage_jobs::{Admit, Ask, Board, JobsError, Remote, Settings, routes};
use selvage_tool::Language;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

pub const SECRET: &str = "a secret of the test's own, long enough";

/// What runs a language here.
pub fn executor(language: Language) -> &'static Executor {
    static JS: OnceLock<Executor> = OnceLock::new();
    static PYTHON: OnceLock<Executor> = OnceLock::new();
    let (place, name) = match language {
        Language::Js => (&JS, "guest-js"),
        Language::Python => (&PYTHON, "guest-py"),
    };
    place.get_or_init(|| Executor::cached(&guest(name), Some(&compiled())).expect("a guest"))
}

/// A guest for JavaScript alone: most tests need no more.
pub fn local() -> Guests {
    Guests::new(Path::new("no guests"), None).with(Language::Js, executor(Language::Js))
}

/// Both.
pub fn bilingual() -> Guests {
    local().with(Language::Python, executor(Language::Python))
}

/// The same, whose runs run at a server.
pub fn at(guests: Guests, address: &str, secret: &str) -> Guests {
    let remote = Remote::new(address, secret).expect("an address");
    guests.with_elsewhere(Arc::new(remote))
}

/// One key, until it is revoked.
#[derive(Default)]
struct One(AtomicBool);

impl Admit for One {
    fn admit(&self, authorization: Option<&str>, _ask: Ask) -> Result<String, JobsError> {
        let secret = authorization.and_then(|it| it.strip_prefix("Bearer "));
        let is_it = secret == Some(SECRET) && self.holds("one");
        is_it.then(|| "one".to_owned()).ok_or(JobsError::Key)
    }

    fn holds(&self, _key: &str) -> bool {
        !self.0.load(Ordering::Acquire)
    }
}

pub fn board(guests: Guests, settings: Settings) -> Board {
    Board::start(guests, settings, Arc::new(One::default())).expect("threads")
}

/// A server, for as long as the test program runs: its address, and what stands behind it.
pub fn server(guests: Guests, settings: Settings) -> (String, Board) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let board = board(guests, settings);
    let served = routes(&board);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            axum::serve(listener, served).await.expect("served");
        });
    });
    (address, board)
}
