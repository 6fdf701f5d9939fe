//! What a static server answers, and with which headers; no socket is known here.
//!
//! **Problem.** The page is served by the build's own program and by `selvage serve`, and its
//! headers are part of the sandbox: they must be the same.
//!
//! **Shape.** [`Site::answer`] makes an [`Answer`] of a [`Request`]; the server around it moves
//! both. It reads files, and holds nothing of them.
//!
//! - Every answer is isolated (COOP, COEP, CORP), unless that is switched off: the page must work either way.
//! - Files whose name holds their hash may be kept forever; all others are asked for again each time.
//! - What is under `embed/` is for other origins: they may import it, since it holds nothing but a program.
//! - A page says who may show it in a frame; a Worker's script says what the Worker may reach, since a Worker follows the
//!   policy of its own response. The runner, where flows run, reaches nothing.

#![allow(
    clippy::disallowed_methods,
    reason = "it answers with files: the disk is what it is about"
)]

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What page scripts may do. The kernel fetches for flows, so only Workers may reach the network at large.
const PAGE_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
     media-src 'self' blob:; connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'";

/// What the kernel may do: fetch for flows, from the web and from this machine.
const KERNEL_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
     connect-src 'self' https: wss: http://localhost:* http://127.0.0.1:* ws://localhost:* ws://127.0.0.1:*";

/// What the runner may do: compute.
const RUNNER_POLICY: &str =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'";

/// What the service worker may do: fetch what belongs to the page.
const SERVICE_WORKER_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'";

/// An image with a script in it must not run when it is opened by itself.
const IMAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// A folder to serve.
#[derive(Debug, Clone)]
pub struct Site {
    /// The folder, made canonical.
    pub folder: PathBuf,
    /// Whether pages are cross-origin isolated.
    pub isolated: bool,
    /// The other origins whose pages may show this one in a frame.
    pub embedders: Vec<String>,
}

/// What is asked for; names of headers aside, as it came.
#[derive(Debug, Default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path with its query.
    pub target: String,
    /// `Accept-Encoding`.
    pub accept_encoding: String,
    /// `If-None-Match`.
    pub if_none_match: String,
}

/// What is answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers, `Content-Length` aside.
    pub headers: Vec<(&'static str, String)>,
    /// The body; a `HEAD` request gets its length only.
    pub body: Vec<u8>,
}

/// Whether a file is served as the script of the runner.
pub fn is_runner(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.ends_with(".js") && (name == "runner.js" || name.starts_with("runner-"))
}

/// Whether brotli helps: images and fonts are compressed by themselves.
pub fn is_compressible(extension: &str) -> bool {
    matches!(
        extension,
        "html"
            | "js"
            | "mjs"
            | "css"
            | "wasm"
            | "json"
            | "webmanifest"
            | "svg"
            | "txt"
            | "md"
            | "csv"
            | "ts"
    )
}

impl Site {
    /// Answers one request.
    pub fn answer(&self, request: &Request) -> Answer {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            let mut answer = self.plain(405, "only GET and HEAD");
            answer.headers.push(("Allow", "GET, HEAD".to_owned()));
            return answer;
        }
        let Some((path, name)) = self.find(&request.target) else {
            return self.plain(404, "not found");
        };
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let compressed = if accepts_brotli(&request.accept_encoding) {
            beside(&path)
        } else {
            None
        };
        let encoded = compressed.is_some();
        let Some(body) = compressed.or_else(|| std::fs::read(&path).ok()) else {
            return self.plain(404, "not found");
        };
        let hash = Sha256::digest(&body);
        let tag: String = hash[..10]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let tag = format!("\"{tag}\"");
        let mut headers = self.common();
        headers.push(("Content-Type", media_type(extension).to_owned()));
        headers.push((
            "Cache-Control",
            if is_hashed(&name) {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            }
            .to_owned(),
        ));
        headers.push(("ETag", tag.clone()));
        headers.push(("Vary", "Accept-Encoding".to_owned()));
        if encoded {
            headers.push(("Content-Encoding", "br".to_owned()));
        }
        if name.starts_with("embed/") {
            headers.push(("Access-Control-Allow-Origin", "*".to_owned()));
        }
        if let Some(policy) = self.policy(&name, extension) {
            headers.push(("Content-Security-Policy", policy));
        }
        if request
            .if_none_match
            .split(',')
            .any(|known| known.trim() == tag)
        {
            return Answer {
                status: 304,
                headers,
                body: Vec::new(),
            };
        }
        Answer {
            status: 200,
            headers,
            body,
        }
    }

    /// Finds the file of a target; none outside the folder, and none that is hidden.
    fn find(&self, target: &str) -> Option<(PathBuf, String)> {
        let path = decode(target.split(['?', '#']).next()?)?;
        let path = if path.ends_with('/') {
            format!("{path}index.html")
        } else {
            path
        };
        let name = path.strip_prefix('/')?.to_owned();
        let plain = |part: &str| {
            !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':', '\0'])
        };
        if !name.split('/').all(plain) || name.ends_with(".br") {
            return None;
        }
        // A link may point out of the folder: what counts is where it ends.
        let file = self.folder.join(&name).canonicalize().ok()?;
        (file.starts_with(&self.folder) && file.is_file()).then_some((file, name))
    }

    fn common(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("X-Content-Type-Options", "nosniff".to_owned()),
            ("Referrer-Policy", "no-referrer".to_owned()),
            (
                "Cross-Origin-Resource-Policy",
                if self.embedders.is_empty() {
                    "same-origin"
                } else {
                    "cross-origin"
                }
                .to_owned(),
            ),
        ];
        if self.isolated {
            headers.push(("Cross-Origin-Opener-Policy", "same-origin".to_owned()));
            headers.push(("Cross-Origin-Embedder-Policy", "require-corp".to_owned()));
        }
        headers
    }

    fn policy(&self, name: &str, extension: &str) -> Option<String> {
        match extension {
            "html" => Some(format!(
                "{PAGE_POLICY}; frame-ancestors {}",
                [&["'self'".to_owned()], &self.embedders[..]]
                    .concat()
                    .join(" ")
            )),
            "js" | "mjs" if is_runner(name) => Some(RUNNER_POLICY.to_owned()),
            "js" | "mjs" if name == "sw.js" => Some(SERVICE_WORKER_POLICY.to_owned()),
            "js" | "mjs" => Some(KERNEL_POLICY.to_owned()),
            "svg" => Some(IMAGE_POLICY.to_owned()),
            _ => None,
        }
    }

    fn plain(&self, status: u16, text: &str) -> Answer {
        let mut headers = self.common();
        headers.push(("Content-Type", "text/plain; charset=utf-8".to_owned()));
        headers.push(("Cache-Control", "no-store".to_owned()));
        Answer {
            status,
            headers,
            body: text.as_bytes().to_vec(),
        }
    }
}

/// Undoes percent-encoding; nothing when what comes out is no text.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?].map(|digit| char::from(digit).to_digit(16));
            bytes.push((digits[0]? * 16 + digits[1]?) as u8);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Whether the client takes brotli: it names it, and doesn't give it the weight 0.
fn accepts_brotli(accept: &str) -> bool {
    accept.split(',').any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        let weight = weight
            .trim()
            .strip_prefix("q=")
            .map_or(Ok(1.0), str::parse::<f64>);
        name.trim().eq_ignore_ascii_case("br") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

/// The brotli form of a file, unless the file was written after it.
fn beside(path: &Path) -> Option<Vec<u8>> {
    let mut compressed = path.to_path_buf().into_os_string();
    compressed.push(".br");
    let written = |path: &Path| {
        std::fs::metadata(path)
            .and_then(|metadata| metadata.modified())
            .ok()
    };
    let (kept, original) = (written(Path::new(&compressed))?, written(path)?);
    if kept < original {
        None
    } else {
        std::fs::read(compressed).ok()
    }
}

/// Whether a name holds its hash, as `assets/<name>-<8 characters>.<extension>` does.
fn is_hashed(name: &str) -> bool {
    let stem = name
        .strip_prefix("assets/")
        .and_then(|name| name.rsplit_once('.'))
        .map_or("", |(stem, _)| stem);
    let Some(at) = stem.len().checked_sub(9) else {
        return false;
    };
    let tail = stem.as_bytes().get(at..).unwrap_or_default();
    tail.first() == Some(&b'-')
        && tail[1..]
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Media types by the endings of names; whatever has another ending is bytes.
const MEDIA_TYPES: [(&str, &str); 17] = [
    ("html", "text/html; charset=utf-8"),
    ("js", SCRIPT),
    ("mjs", SCRIPT),
    ("css", "text/css; charset=utf-8"),
    ("json", JSON),
    ("map", JSON),
    ("webmanifest", "application/manifest+json; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("ico", "image/x-icon"),
    ("woff2", "font/woff2"),
    ("txt", PLAIN),
    ("md", PLAIN),
    ("csv", PLAIN),
    ("ts", PLAIN),
    ("zip", "application/zip"),
];
const SCRIPT: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

fn media_type(extension: &str) -> &'static str {
    MEDIA_TYPES
        .iter()
        .find(|(known, _)| *known == extension)
        .map_or(BYTES, |(_, media_type)| media_type)
}

#[cfg(test)]
mod tests;
