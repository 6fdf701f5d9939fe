//! HTTP: what requests reach, and how many connections there may be.

use crate::cors::shared;
use crate::doors::Doors;
use crate::error::Result;
use crate::hub::{ENDING_MAX, Hub};
use crate::keeper::Keeper;
use crate::relay_route::{Entrance, open};
use crate::socket::{Local, Peer};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// The most connections at a time.
const CONNECTIONS_MAX: usize = 10_000;
/// How long a connection may take to say one request's head, the silence before it included.
const HEAD_MAX: Duration = Duration::from_secs(15);
/// How long nothing is accepted when the system has no place for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What requests reach: the relay at `/relay`, `/healthz`, and `more`. Other endpoints of this
/// host, WebSockets among them, are routes of `more`; what nothing matches is its fallback's.
pub fn router(hub: &Hub, doors: Doors, more: Router) -> Router {
    let entrance = Entrance {
        hub: hub.clone(),
        doors: Arc::new(doors),
    };
    // Whoever may read that the server is well can't learn more from it.
    let health = Router::new().route("/healthz", get(health));
    let health = shared(&entrance.doors.origins, health.with_state(entrance.clone()));
    Router::new()
        .route("/relay", get(open))
        .with_state(entrance)
        .merge(health)
        .merge(more)
}

/// For whoever starts this program again when it is not well.
async fn health(State(entrance): State<Entrance>) -> (StatusCode, &'static str) {
    if entrance.hub.is_well() {
        (StatusCode::OK, "well\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the storage failed\n")
    }
}

/// Accepts connections until `stopped`; then stops the hub and the keeper, and returns.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    hub: &Hub,
    stopped: impl Future<Output = ()>,
    keeper: Option<&Keeper>,
) -> Result<()> {
    let ending = async {
        stopped.await;
        let closing = async {
            if let Some(keeper) = keeper {
                keeper.stop().await;
            }
        };
        tokio::join!(hub.stop(), closing);
    };
    listen(listener, router, ending).await;
    Ok(())
}

/// Accepts connections until `ending` is over, which stops what they talk to; then lets each have the answer that it waits for, but
/// not long. Who is slow to say what it wants is sent away, and there is a bound on how many there are.
pub async fn listen(listener: TcpListener, router: Router, ending: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (going_on, ends) = watch::channel(());
    let accepting = async {
        loop {
            // Waits for a place before a connection is taken from the system's own queue.
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return;
            };
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let (router, ends) = (router.clone(), ends.clone());
            tokio::spawn(async move {
                converse(stream, router, ends).await;
                drop(place);
            });
        }
    };
    tokio::select! {
        () = accepting => {}
        () = ending => {}
    }
    tracing::info!("stopping");
    drop(going_on);
    // Sockets that were told why are closed by their own tasks; whoever does not answer is not
    // waited for any longer.
    let all = places.acquire_many(CONNECTIONS_MAX as u32);
    let _ = tokio::time::timeout(ENDING_MAX, all).await;
    tracing::info!("stopped");
}

/// Answers a connection's requests until it is over, or until the host ends: then there is no next one.
async fn converse(stream: TcpStream, router: Router, mut ends: watch::Receiver<()>) {
    // Messages are small and somebody waits for each.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let (Ok(local), Ok(peer)) = (stream.local_addr(), stream.peer_addr()) else {
        return;
    };
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Local(local));
        request.extensions_mut().insert(Peer(peer));
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_MAX)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = ends.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
