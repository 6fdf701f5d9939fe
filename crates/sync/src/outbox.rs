//! What is to be sent: messages at once, contents and texts as the peer keeps up.

use crate::Result;
use crate::limits::{FRAME_BYTES_MAX, PACK_BYTES_MAX, WINDOW_BYTES_MAX};
use crate::message::Message;
use selvage_vfs::storage::PIECE_BYTES;
use selvage_vfs::{BlobPart, Hash, Heads, NodeId, TextUpdate, VfsError, Workspace};
use std::collections::VecDeque;
use std::sync::Arc;

/// Something to send when there is room. It is read only then, so that waiting costs no memory.
#[derive(Debug)]
pub(crate) enum Job {
    /// A whole content.
    Blob(Hash),
    /// The rest of a content that the peer asked for.
    Part { hash: Hash, from: u64 },
    /// What a peer with that state lacks of a live text.
    Text { node: NodeId, state: Vec<u8> },
    /// One update of a live text.
    Update { node: NodeId, update: Arc<[u8]> },
}

/// The way out.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    stream: Vec<u8>,
    jobs: VecDeque<Job>,
    under_way: u64,
    /// The piece of a content whose parts are sent now, with the place where it begins.
    reading: Option<(Hash, u64, Vec<u8>)>,
}

impl Outbox {
    pub fn say(&mut self, message: &Message) {
        message.write(&mut self.stream);
    }

    pub fn add(&mut self, job: Job) {
        self.jobs.push_back(job);
    }

    pub fn waiting(&self) -> usize {
        self.jobs.len()
    }

    /// The peer got so many bytes.
    pub fn got(&mut self, bytes: u64) {
        self.under_way = self.under_way.saturating_sub(bytes);
    }

    /// Begins anew: what waits is found again by comparing.
    pub fn clear(&mut self) {
        self.jobs.clear();
        self.reading = None;
    }

    /// Sends what there is room for. Texts rest on the ledger that the peer was sent.
    pub fn pump(&mut self, workspace: &Workspace, sent: &Heads) -> Result<()> {
        while self.under_way < WINDOW_BYTES_MAX && !self.jobs.is_empty() {
            let before = self.stream.len();
            self.pump_one(workspace, sent)?;
            self.under_way += (self.stream.len() - before) as u64;
        }
        Ok(())
    }

    /// Says the first of what waits, and what goes well with it, whatever is under way.
    pub fn pump_one(&mut self, workspace: &Workspace, sent: &Heads) -> Result<()> {
        let message = match self.jobs.pop_front() {
            None => None,
            Some(Job::Blob(hash)) => self.pack_blobs(workspace, hash)?,
            Some(Job::Part { hash, from }) => self.part(workspace, hash, from)?,
            Some(job) => self.pack_texts(workspace, job, sent)?,
        };
        if let Some(message) = message {
            self.say(&message);
        }
        Ok(())
    }

    fn pack_blobs(&mut self, workspace: &Workspace, first: Hash) -> Result<Option<Message>> {
        let (mut blobs, mut thinned, mut bytes) = (Vec::new(), Vec::new(), 0);
        let mut next = Some(first);
        while let Some(hash) = next.take() {
            match workspace.read_hash(&hash) {
                Ok(blob) => {
                    bytes += blob.len();
                    blobs.push(blob);
                }
                Err(VfsError::Thinned { hash, at_ms }) => {
                    bytes += hash.0.len();
                    thinned.push((hash, at_ms));
                }
                Err(error) => return Err(error.into()),
            }
            if let Some(Job::Blob(hash)) = self.jobs.front().filter(|_| bytes < PACK_BYTES_MAX) {
                next = Some(*hash);
                self.jobs.pop_front();
            }
        }
        if !thinned.is_empty() {
            self.say(&Message::Thinned(thinned));
        }
        Ok((!blobs.is_empty()).then_some(Message::Blobs(blobs)))
    }

    fn pack_texts(
        &mut self,
        workspace: &Workspace,
        first: Job,
        sent: &Heads,
    ) -> Result<Option<Message>> {
        let mut texts = Vec::new();
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(job) = next.take() {
            let (node, update) = match job {
                Job::Text { node, state } => (node, workspace.text_since(node, &state)?),
                Job::Update { node, update } => (node, Some(update.to_vec())),
                Job::Blob(_) | Job::Part { .. } => break,
            };
            if let Some(update) = update {
                bytes += update.len();
                let after = sent.clone();
                texts.push(TextUpdate {
                    node,
                    after,
                    update,
                });
            }
            let front = self.jobs.front();
            if bytes < PACK_BYTES_MAX
                && matches!(front, Some(Job::Text { .. } | Job::Update { .. }))
            {
                next = self.jobs.pop_front();
            }
        }
        Ok((!texts.is_empty()).then_some(Message::Texts(texts)))
    }

    /// The next part of a content; an empty one when it is not here, or can't be read.
    fn part(&mut self, workspace: &Workspace, hash: Hash, from: u64) -> Result<Option<Message>> {
        let begin = from / PIECE_BYTES as u64 * PIECE_BYTES as u64;
        let is_read = |(other, at, _): &(Hash, u64, _)| (*other, *at) == (hash, begin);
        if !self.reading.as_ref().is_some_and(is_read) {
            self.reading = None;
            match workspace.read_range(&hash, begin, PIECE_BYTES) {
                Ok(piece) => self.reading = Some((hash, begin, piece)),
                Err(VfsError::Thinned { hash, at_ms }) => {
                    return Ok(Some(Message::Thinned(vec![(hash, at_ms)])));
                }
                Err(VfsError::NotFound { .. } | VfsError::Damaged { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let piece = self.reading.as_ref().map_or(&[][..], |(.., piece)| piece);
        let start = usize::try_from(from - begin).unwrap_or(usize::MAX);
        let bytes = piece.get(start..).unwrap_or_default();
        let bytes = bytes[..bytes.len().min(PACK_BYTES_MAX)].to_vec();
        let next = from + bytes.len() as u64;
        if !bytes.is_empty()
            && workspace
                .content_size(&hash)?
                .is_some_and(|size| next < size)
        {
            self.jobs.push_back(Job::Part { hash, from: next });
        } else {
            self.reading = None;
        }
        Ok(Some(Message::Part(BlobPart { hash, from, bytes })))
    }

    /// Whether nothing was said and nothing waits.
    pub fn is_empty(&self) -> bool {
        self.stream.is_empty() && self.jobs.is_empty()
    }

    /// What was said, as whole messages.
    pub fn said(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.stream)
    }

    /// What was said, cut into frames.
    pub fn frames(&mut self) -> Vec<Vec<u8>> {
        let said = self.said();
        said.chunks(FRAME_BYTES_MAX).map(<[u8]>::to_vec).collect()
    }
}
