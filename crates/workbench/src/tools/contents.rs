//! `read` and `write`: what files hold.

use super::files::bare;
use super::history::{heads, meta};
use crate::contents::hash_of;
use crate::engine::{Cx, Workbench};
use crate::failure::failure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use selvage_tool::catalogue::{Encoding, ReadInput, ReadOutput, WriteInput, WriteOutput};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{self as vfs, Hash, Op, Origin, OriginKind};

/// The most characters of a text, or bytes of anything else, that one `read` gives.
const READ_CHARS_MAX: u64 = 16 * 1024 * 1024;

impl Workbench {
    pub(super) fn read(&self, input: &ReadInput) -> ToolResult<ReadOutput> {
        let path = &bare(&input.path);
        let Content { hash, size, bytes } = self.content_of(input)?;
        let limit = input
            .max_chars
            .unwrap_or(READ_CHARS_MAX)
            .min(READ_CHARS_MAX);
        let base64 = |part: &[u8], more| (STANDARD.encode(part), Encoding::Base64, more);
        let (content, encoding, more) = match (bytes, input.encoding) {
            (_, Encoding::Hash) => (hash.to_string(), Encoding::Hash, false),
            // Of what is no text, and may be large, the asked part alone is read.
            (None, _) => {
                let part = self.content_part(&hash, input.offset, limit)?;
                let end = input.offset.saturating_add(part.len() as u64);
                base64(&part, end < size)
            }
            (Some(bytes), Encoding::Base64) => {
                let (part, more): (Vec<u8>, _) = part_of(bytes.into_iter(), input.offset, limit);
                base64(&part, more)
            }
            (Some(bytes), Encoding::Auto | Encoding::Text) => match String::from_utf8(bytes) {
                Ok(text) => {
                    let (part, more) = part_of(text.chars(), input.offset, limit);
                    (part, Encoding::Text, more)
                }
                Err(_) if input.encoding == Encoding::Text => return Err(not_text(path)),
                Err(why) => {
                    let bytes = why.into_bytes().into_iter();
                    let (part, more): (Vec<u8>, _) = part_of(bytes, input.offset, limit);
                    base64(&part, more)
                }
            },
        };
        let next_offset = more.then(|| input.offset + limit);
        Ok(ReadOutput {
            path: path.clone(),
            content,
            encoding,
            size,
            hash: hash.to_string(),
            truncated: more,
            next_offset,
        })
    }

    /// What `read` is about: with its bytes where they are needed as a whole.
    fn content_of(&self, input: &ReadInput) -> ToolResult<Content> {
        let path = &bare(&input.path);
        if let Some(version) = &input.version {
            return Ok(Content::of(self.read_version(path, version)?));
        }
        let entry = match &input.at {
            None => self.workspace.stat(path),
            Some(at) => self
                .workspace
                .at(&heads(at)?)
                .and_then(|past| past.stat(path)),
        }
        .map_err(failure)?;
        let Some(hash) = entry.hash else {
            return Err(failure(vfs::VfsError::NotAFile {
                path: path.to_owned(),
            }));
        };
        if !entry.text && input.encoding == Encoding::Text {
            return Err(not_text(path));
        }
        if input.encoding != Encoding::Hash
            && let Some(at_ms) = self.workspace.thinned_at(&hash).map_err(failure)?
        {
            return Err(self.about(path, vfs::VfsError::Thinned { hash, at_ms }));
        }
        if !entry.text || input.encoding == Encoding::Hash {
            let (size, bytes) = (entry.size, None);
            return Ok(Content { hash, size, bytes });
        }
        let bytes = match input.at {
            None => self.workspace.read(path),
            Some(_) => self.workspace.read_hash(&hash),
        };
        bytes.map(Content::of).map_err(failure)
    }

    pub(super) fn write(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        input: WriteInput,
    ) -> ToolResult<WriteOutput> {
        let path = bare(&input.path);
        if let Some(base) = &input.base {
            self.let_edit(cx, &path)?;
            self.refuse_stale(&path, base)?;
        }
        // Typing is sealed as the person's when it pauses, so that of others is sealed at once, as theirs.
        let is_others = input.draft && origin.kind != OriginKind::Person;
        if is_others {
            self.seal(cx)?;
        }
        let (op, hash, size) = match (input.encoding, input.draft) {
            (Encoding::Hash, true) => {
                return Err(
                    ToolError::new(ErrorCode::InvalidInput, "Typing has no hash yet.")
                        .path(&path)
                        .hint("Send a draft as text, or leave out `draft`."),
                );
            }
            (Encoding::Hash, false) => self.put(&path, &input)?,
            (_, true) => {
                let bytes = decoded(&path, input.encoding, input.content)?;
                let (hash, size) = (Hash::of(&bytes), bytes.len() as u64);
                let text = String::from_utf8(bytes).map_err(|_| not_text(&path))?;
                let op = Op::Draft {
                    path: path.clone(),
                    text,
                };
                (op, hash, size)
            }
            (_, false) => {
                let bytes = decoded(&path, input.encoding, input.content)?;
                let (hash, size) = (Hash::of(&bytes), bytes.len() as u64);
                let op = Op::Write {
                    path: path.clone(),
                    bytes,
                    create_only: input.create_only,
                    base: None,
                };
                (op, hash, size)
            }
        };
        let change = self.change(cx, origin, format!("Write {path}"), &[op])?;
        let mut heads = change.heads.to_strings();
        if is_others {
            let meta = meta(cx, origin, &format!("Edit {path}"));
            heads = self.workspace.seal(&meta).map_err(failure)?.to_strings();
            self.gather(cx.now_ms, origin, std::slice::from_ref(&path));
        } else if input.draft {
            self.seal_later(cx);
        }
        Ok(WriteOutput {
            path,
            size,
            hash: hash.to_string(),
            change: heads,
        })
    }

    /// The step that gives a file a content which is stored already.
    fn put(&self, path: &str, input: &WriteInput) -> ToolResult<(Op, Hash, u64)> {
        let hash = hash_of(&input.content)?;
        let size = self.workspace.content_size(&hash).map_err(failure)?;
        let size = size.ok_or_else(|| {
            ToolError::new(
                ErrorCode::NotFound,
                format!("No content with the hash {hash} is stored."),
            )
            .path(path)
            .hint("Take the `hash` that `stat` or `read` gives, or send the content itself.")
        })?;
        let op = Op::Put {
            path: path.to_owned(),
            hash,
            create_only: input.create_only,
        };
        Ok((op, hash, size))
    }

    fn refuse_stale(&self, path: &str, base: &str) -> ToolResult<()> {
        let now = self.workspace.read(path).map_err(failure)?;
        if Hash::of(&now).to_string() == base {
            return Ok(());
        }
        let message = format!("`{path}` was changed since it was read.");
        let hint = "Read it again, make the change to what is there now, and write that.";
        Err(ToolError::new(ErrorCode::Stale, message)
            .path(path)
            .hint(hint))
    }
}

pub(super) fn not_text(path: &str) -> ToolError {
    let path = path.to_owned();
    failure(vfs::VfsError::NotText { path })
}

/// What a read is about.
struct Content {
    hash: Hash,
    size: u64,
    /// Of a text, or of one side of a conflict.
    bytes: Option<Vec<u8>>,
}

impl Content {
    fn of(bytes: Vec<u8>) -> Self {
        Self {
            hash: Hash::of(&bytes),
            size: bytes.len() as u64,
            bytes: Some(bytes),
        }
    }
}

/// The bytes that a `write` brings.
pub(super) fn decoded(path: &str, encoding: Encoding, content: String) -> ToolResult<Vec<u8>> {
    if encoding != Encoding::Base64 {
        return Ok(content.into_bytes());
    }
    STANDARD.decode(content.as_bytes()).map_err(|why| {
        ToolError::new(ErrorCode::InvalidInput, format!("The content is no base64: {why}")).path(path)
        .hint("Send the bytes in standard base64, with padding; or send text with `encoding: \"text\"`.")
    })
}

/// The asked part of a sequence, and whether more follows.
fn part_of<T, C: FromIterator<T>>(
    all: impl Iterator<Item = T>,
    offset: u64,
    limit: u64,
) -> (C, bool) {
    let as_count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let mut rest = all.skip(as_count(offset));
    let part = rest.by_ref().take(as_count(limit)).collect();
    (part, rest.next().is_some())
}
