//! The end of the program that has the workspace open.

use super::{Answer, REQUEST_BYTES_MAX, Request, TOOLS, own_user, place};
use selvage_host::Line;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Origin, OriginKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{sleep, timeout};

/// How many requests are open at once.
pub(super) const CONNECTIONS_MAX: u32 = 8;

/// How long a request may take to come.
pub(super) const REQUEST_MAX: Duration = Duration::from_secs(5);

/// How long an answer may take to be read.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// How long those that were let in are waited for when the door closes.
const CLOSING_MAX: Duration = Duration::from_secs(1);

/// How long a system that lets nobody in, for want of files, is left alone.
const SHORT: Duration = Duration::from_millis(100);

/// An open door, until it is dropped.
#[derive(Debug)]
pub struct LocalDoor {
    place: PathBuf,
    /// Dropped to close it.
    stays: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl LocalDoor {
    /// Opens the door to a desk. Whoever calls this holds the folder's lock, so that a door which is there already is one that a
    /// killed program left.
    ///
    /// # Errors
    /// The folder takes no socket, because its disk knows none or its path is too long (some 100 bytes).
    pub fn open(folder: &Path, line: Line) -> std::io::Result<Self> {
        Self::open_to(folder, line, None)
    }

    /// The same for another user, where one is named.
    pub(super) fn open_to(folder: &Path, line: Line, user: Option<u32>) -> std::io::Result<Self> {
        let place = place(folder);
        match std::fs::remove_file(&place) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => return Err(why),
            _ => {}
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (listener, own) = {
            let _within = runtime.enter();
            (UnixListener::bind(&place)?, own_user()?)
        };
        let user = user.unwrap_or(own);
        // Who came in before this is looked at like everybody else.
        std::fs::set_permissions(&place, PermissionsExt::from_mode(0o600))?;
        let (stays, closes) = oneshot::channel();
        let thread = std::thread::Builder::new().name("door".into());
        let watch = move || watch(&runtime, &listener, user, &line, closes);
        Ok(Self {
            place,
            stays: Some(stays),
            thread: Some(thread.spawn(watch)?),
        })
    }
}

impl Drop for LocalDoor {
    fn drop(&mut self) {
        // One that stays is replaced by the next program.
        let _ = std::fs::remove_file(&self.place);
        self.stays = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Lets in who may come in, until the door closes.
fn watch(
    runtime: &Runtime,
    listener: &UnixListener,
    user: u32,
    line: &Line,
    mut closes: oneshot::Receiver<()>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX as usize));
    runtime.block_on(async {
        loop {
            let came = tokio::select! {
                _ = &mut closes => break,
                came = listener.accept() => came,
            };
            let Ok((stream, _)) = came else {
                sleep(SHORT).await;
                continue;
            };
            if !stream.peer_cred().is_ok_and(|who| who.uid() == user) {
                continue;
            }
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                turn_away(&stream);
                continue;
            };
            let line = line.clone();
            tokio::spawn(async move {
                serve(stream, &line).await;
                drop(place);
            });
        }
        let _ = timeout(CLOSING_MAX, places.acquire_many(CONNECTIONS_MAX)).await;
    });
}

/// Says that too many are in.
fn turn_away(stream: &UnixStream) {
    let why = format!("{CONNECTIONS_MAX} requests are open at this door already.");
    let busy = ToolError::new(ErrorCode::Busy, why).hint("Try again in a moment.");
    // It is shorter than what a new connection takes without waiting.
    let _ = stream.try_write(text(Err(busy)).as_bytes());
}

/// One request and its answer. Who does not take it gets none.
async fn serve(mut stream: UnixStream, line: &Line) {
    let (read, mut write) = stream.split();
    let mut request = Vec::new();
    let mut read = BufReader::new(read.take(REQUEST_BYTES_MAX as u64 + 1));
    let result = match timeout(REQUEST_MAX, read.read_until(b'\n', &mut request)).await {
        Ok(Ok(_)) if request.len() > REQUEST_BYTES_MAX => Err(ToolError::new(
            ErrorCode::TooLarge,
            format!("A request has {REQUEST_BYTES_MAX} bytes at the most."),
        )),
        Ok(Ok(_)) => answer(&request, line).await,
        Ok(Err(_)) => return,
        Err(_) => Err(ToolError::new(
            ErrorCode::InvalidInput,
            format!("A request may take {} seconds.", REQUEST_MAX.as_secs()),
        )),
    };
    let _ = timeout(ANSWER_MAX, write.write_all(text(result).as_bytes())).await;
}

async fn answer(request: &[u8], line: &Line) -> ToolResult {
    let request: Request = serde_json::from_slice(request).map_err(|why| {
        let why = format!("The request is not of its form: {why}.");
        ToolError::new(ErrorCode::InvalidInput, why)
    })?;
    if !TOOLS.contains(&&*request.tool) {
        let why = "This door is for what waits for a person, and for nothing else.";
        let hint = format!("It takes {}.", TOOLS.join(", "));
        return Err(ToolError::new(ErrorCode::PolicyDenied, why).hint(hint));
    }
    let (reply, replied) = oneshot::channel();
    let person = Origin::new(OriginKind::Person, "the person at `selvage approvals`");
    // Who went away hears nothing.
    let reply = move |result| drop(reply.send(result));
    line.call(person, request.tool, request.input, |_| {}, reply);
    let ending = |_| ToolError::new(ErrorCode::Cancelled, "The program is ending.");
    replied.await.map_err(ending)?
}

fn text(result: ToolResult) -> String {
    let answer = serde_json::to_string(&Answer::from(result));
    // Values of tools are JSON already.
    answer.unwrap_or_default() + "\n"
}
