//! Clients that break the rules, or do not read.

use crate::device::{Socket, ends_at_once};
use futures_util::{SinkExt, StreamExt};
use selvage_relay::Limits;
use selvage_serve::{Doors, Hub, Keeper, Vault, clients, router, serve};
use selvage_vfs::limits::TEXT_BYTES_MAX;
use selvage_vfs::{Meta, Op, Origin, OriginKind};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

const TOKEN: &str = "token";

/// A host with one file, for as long as the test's runtime.
async fn host(folder: &Path, text: &str) -> SocketAddr {
    let vault = Vault::open(folder).expect("opens");
    let mut workspace = vault.workspace().expect("opens");
    let meta = Meta::new(0, Origin::new(OriginKind::Person, "Ada"), "Write");
    let op = Op::write("notes.md", text.as_bytes());
    let mut id = 0;
    let mut ids = || {
        id += 1;
        id
    };
    workspace.apply(&mut ids, &meta, &[op]).expect("fits");
    drop(workspace);
    let keeper = Keeper::start(&vault).expect("starts");
    let hub = Hub::start(Limits::default(), None).expect("starts");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let doors = Doors::default();
    let routes = clients(&keeper, &doors, TOKEN);
    let router = router(&hub, doors, routes);
    tokio::spawn(async move {
        let served = serve(
            listener,
            router,
            &hub,
            std::future::pending(),
            Some(&keeper),
        )
        .await;
        served.expect("serves");
    });
    address
}

async fn dial(address: SocketAddr, path: &str) -> Socket {
    let url = format!("ws://{address}/{path}");
    connect_async(url).await.expect("a host").0
}

/// The code and the words of a close frame.
async fn last_words(socket: &mut Socket) -> (u16, String) {
    let wait = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(Some(frame)))) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(_)) => {}
                other => panic!("no last words: {other:?}"),
            }
        }
    };
    let words = tokio::time::timeout(Duration::from_secs(30), wait).await;
    words.expect("in time")
}

#[tokio::test]
async fn what_no_client_says_ends_its_socket_at_once_with_a_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = host(folder.path(), "hello").await;
    let too_long = vec![0; selvage_clients::limits::MESSAGE_BYTES_MAX + 1];
    for path in ["automerge/token", "yjs/token/notes.md"] {
        for (message, why) in [
            (Message::Text("hello".into()), "it is text"),
            (Message::Binary(too_long.clone().into()), "it is too long"),
        ] {
            let mut socket = dial(address, path).await;
            // The host may have ended it before all of it went out.
            let _ = socket.send(message).await;
            let (_, reason) = last_words(&mut socket).await;
            assert!(reason.contains(why), "{path}: {reason}");
            ends_at_once(&mut socket).await;
        }
    }
    let mut stranger = dial(address, "yjs/wrong/notes.md").await;
    last_words(&mut stranger).await;
    ends_at_once(&mut stranger).await;
}

/// Sync, a state vector of one byte which says that nothing is there: answered with all of the text.
fn ask() -> Message {
    Message::Binary(vec![0, 0, 1, 0].into())
}

/// Waits for so many answers that hold the text.
async fn answers(socket: &mut Socket, count: usize) {
    let answers = async {
        let mut rest = count;
        while rest > 0 {
            let message = socket.next().await.expect("open").expect("open");
            rest -= usize::from(message.len() > TEXT_BYTES_MAX);
        }
    };
    let answered = tokio::time::timeout(Duration::from_secs(30), answers).await;
    answered.expect("all are answered");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_sent_away_and_others_go_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = host(folder.path(), &"x".repeat(TEXT_BYTES_MAX)).await;
    // What one is behind by may be a good deal.
    let mut late = dial(address, "yjs/token/notes.md").await;
    for _ in 0..10 {
        late.send(ask()).await.expect("open");
    }
    // Another one asks for more than 256 MiB and reads nothing.
    let mut slow = dial(address, "yjs/token/notes.md").await;
    for _ in 0..32 {
        slow.send(ask()).await.expect("open");
    }
    let sent_away = async {
        // A question for awareness costs nothing, and fails when the socket has ended.
        while slow.send(Message::Binary(vec![3].into())).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(30), sent_away).await;
    ended.expect("it is sent away");
    answers(&mut late, 10).await;
    let mut other = dial(address, "yjs/token/notes.md").await;
    other.send(ask()).await.expect("open");
    answers(&mut other, 1).await;
}
