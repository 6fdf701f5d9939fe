//! What `selvage serve` and its neighbours do, from the arguments on.

use crate::cors::shared;
use crate::{
    Command, Hub, JobKeys, Keeper, Options, RedbStore, Result, ServeError, Vault, clients,
    membership, metrics, pages, router, serve,
};
use selvage_host::Guests;
use selvage_jobs::Board;
use selvage_relay::Limits;
use serde_json::json;
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Does what was asked for, until it is done or somebody stops the program. Jobs for others run on `guests`.
///
/// # Errors
/// Why the program ends.
pub fn program(command: Command, guests: impl FnOnce() -> Guests) -> Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            Command::Serve(options) => relay(options, guests).await,
            Command::Member {
                folder,
                asked,
                voice,
            } => membership(folder, asked, voice).await,
        }
    })
}

async fn relay(options: Options, guests: impl FnOnce() -> Guests) -> Result<()> {
    let store = options.data.as_deref().map(RedbStore::open).transpose()?;
    let keeps = store.is_some();
    let listen = TcpListener::bind(options.listen).await;
    let listener = listen.map_err(|source| ServeError::Listen {
        address: options.listen.to_string(),
        source,
    })?;
    // Before anybody is told that the program listens: a signal that comes at once is heard.
    let stopped = stop_signal()?;
    let hub = Hub::start(Limits::default(), store)?;
    let more = options.pages.as_deref().map(pages).transpose()?;
    let mut more = more.unwrap_or_default();
    let address = listener.local_addr()?;
    let vault = options.workspace.as_deref().map(Vault::open).transpose()?;
    let keeper = vault.as_ref().map(Keeper::start).transpose()?;
    let mut told = json!({ "listens": format!("http://{address}/") });
    let mut words = format!("selvage listens on http://{address}/");
    if let (Some(vault), Some(keeper), true) = (&vault, &keeper, options.open_clients) {
        let token = vault.token()?;
        more = more.merge(clients(keeper, &options.doors, &token));
        let [automerge, yjs] =
            ["automerge", "yjs"].map(|kind| format!("ws://{address}/{kind}/{token}"));
        let ledger = keeper.document().url();
        words += "\nPrograms may read and write this workspace, not encrypted:";
        words += &format!("\n  automerge-repo: {automerge}\n    its ledger:   {ledger}");
        words += &format!("\n  y-websocket:    {yjs} and a file's path as the room");
        told["openClients"] =
            json!({ "automergeRepo": automerge, "ledger": ledger, "yWebsocket": yjs });
    }
    let mut ending = None;
    if let (true, Some(folder)) = (options.jobs, &options.data) {
        let keys = Arc::new(JobKeys::open(folder)?);
        let board = Board::start(guests(), options.settings(), keys.clone())?;
        more = more
            .merge(shared(&options.doors.origins, selvage_jobs::routes(&board)))
            .merge(metrics(board.clone(), keys));
        ending = Some(board);
    }
    // Jobs end, each in a way that its client hears of, before the connections do.
    let stopped = async move {
        stopped.await;
        if let Some(board) = ending {
            // It only fails where the runtime is gone.
            let _ = tokio::task::spawn_blocking(move || board.stop()).await;
        }
    };
    let router = router(&hub, options.doors, more);
    options.voice.tell(&told, &words)?;
    tracing::info!(%address, keeps, "listening");
    serve(listener, router, &hub, stopped, keeper.as_ref()).await
}

/// Ends when somebody stops the program: SIGINT or SIGTERM. To be called where tasks can run; from then on no signal is missed.
///
/// # Errors
/// The system gives no signals.
#[cfg(unix)]
pub fn stop_signal() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when somebody stops the program.
///
/// # Errors
/// The system gives no signals.
#[cfg(windows)]
pub fn stop_signal() -> Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
