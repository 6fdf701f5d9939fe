//! Somebody who reads what a job tells. While there is one, the job's client is not gone.

use crate::board::Board;
use crate::error::JobsError;
use crate::held::Name;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;

/// How many may read what one job tells: its client, and the connections that it lost and the server has not missed yet.
pub const LISTENERS_MAX: usize = 8;

/// See the module.
pub struct Listener {
    board: Board,
    name: Name,
    from: usize,
    count: watch::Receiver<usize>,
}

impl Listener {
    /// Listens from a line on.
    pub fn new(board: &Board, name: Name, from: usize) -> Result<Self, JobsError> {
        let count = board.with(&name.0, &name.1, |entry| {
            if entry.is_collected {
                return Err(JobsError::NoJob);
            }
            if entry.listeners >= LISTENERS_MAX {
                return Err(JobsError::Full("too many listen to this job"));
            }
            entry.listeners += 1;
            Ok(entry.watch())
        })??;
        let board = board.clone();
        Ok(Self {
            board,
            name,
            from,
            count,
        })
    }

    /// The next lines, when there are any; and whether there will be no more.
    pub async fn next(&mut self) -> (Vec<Arc<str>>, bool) {
        loop {
            self.count.borrow_and_update();
            let came = self.board.with(&self.name.0, &self.name.1, |entry| {
                entry.lines_from(self.from)
            });
            let Ok((lines, ended)) = came else {
                return (Vec::new(), true);
            };
            if !lines.is_empty() || ended {
                self.from += lines.len();
                return (lines, ended);
            }
            if self.count.changed().await.is_err() {
                return (Vec::new(), true);
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.board.with(&self.name.0, &self.name.1, |entry| {
            // It may be another one of that name, if this one was forgotten.
            entry.listeners = entry.listeners.saturating_sub(1);
            entry.alone_since = Instant::now();
        });
    }
}
