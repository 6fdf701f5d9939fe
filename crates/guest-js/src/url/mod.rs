//! Addresses as the URL standard has them: parsed, resolved, changed, written.
//!
//! The `url` crate with its tables for international names would be a tenth of the guest. This
//! parser takes the standard's rules for everything that a flow fetches or composes; of international
//! names it knows lower case, compatibility forms and Punycode, and not the lists of what is valid.

mod host;
mod set;
#[cfg(test)]
mod tests;

use std::fmt::Write;

/// An address in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    scheme: String,
    username: String,
    password: String,
    host: Option<String>,
    port: Option<u16>,
    path: Path,
    query: Option<String>,
    fragment: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Path {
    /// `mailto:` and its kin: a text.
    Opaque(String),
    /// Segments between slashes.
    Segments(Vec<String>),
}

/// The schemes whose addresses have a host and know `\` as `/`, with their usual ports.
const SPECIAL: &[(&str, Option<u16>)] = &[
    ("http", Some(80)),
    ("https", Some(443)),
    ("ws", Some(80)),
    ("wss", Some(443)),
    ("ftp", Some(21)),
    ("file", None),
];

// What is percent-encoded where, besides controls and everything beyond ASCII.
const FRAGMENT: &str = " \"<>`";
const QUERY: &str = " \"#<>";
const SPECIAL_QUERY: &str = " \"#<>'";
const PATH: &str = " \"#<>?^`{}";
const USERINFO: &str = " \"#<>?^`{}/:;=@[\\]|";

fn special(scheme: &str) -> bool {
    SPECIAL.iter().any(|(name, _)| *name == scheme)
}

fn default_port(scheme: &str) -> Option<u16> {
    SPECIAL
        .iter()
        .find(|(name, _)| *name == scheme)
        .and_then(|(_, port)| *port)
}

/// Percent-encodes what `set` names, controls and what is not ASCII.
fn encode(text: &str, set: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if !(0x20..0x7f).contains(&byte) || set.as_bytes().contains(&byte) {
            // Writing into a text can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        } else {
            encoded.push(char::from(byte));
        }
    }
    encoded
}

/// The scheme at the beginning of a text, and what follows its colon.
fn split_scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let letters = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|other| other.is_ascii_alphanumeric() || "+-.".contains(other));
    letters.then(|| (scheme.to_ascii_lowercase(), rest))
}

impl Address {
    /// Parses an address, a relative one against `base`. `None` when it is none.
    #[must_use]
    pub fn parse(text: &str, base: Option<&Address>) -> Option<Self> {
        let text: String = text
            .trim_matches(|character: char| character <= ' ')
            .chars()
            .filter(|character| !matches!(character, '\t' | '\n' | '\r'))
            .collect();
        let (text, fragment) = match text.split_once('#') {
            Some((text, fragment)) => (text, Some(encode(fragment, FRAGMENT))),
            None => (text.as_str(), None),
        };
        let mut address = match split_scheme(text) {
            Some((scheme, rest)) => match base {
                // `https:a/b` is relative to an address of the same scheme.
                Some(base)
                    if special(&scheme)
                        && base.scheme == scheme
                        && !starts_with_slash(rest, true) =>
                {
                    base.relative(rest)?
                }
                _ => Self::absolute(scheme, rest)?,
            },
            None => base?.relative(text)?,
        };
        address.fragment = fragment;
        Some(address)
    }

    fn empty(scheme: String) -> Self {
        Self {
            scheme,
            username: String::new(),
            password: String::new(),
            host: None,
            port: None,
            path: Path::Segments(Vec::new()),
            query: None,
            fragment: None,
        }
    }

    fn is_special(&self) -> bool {
        special(&self.scheme)
    }

    fn absolute(scheme: String, rest: &str) -> Option<Self> {
        let mut address = Self::empty(scheme);
        if address.scheme == "file" {
            let after = strip_slashes(rest, 2);
            if rest.len() - after.len() == 2 {
                return address.with_authority(after);
            }
            address.host = Some(String::new());
            address.set_rest(rest);
            return Some(address);
        }
        if address.is_special() {
            return address.with_authority(rest.trim_start_matches(['/', '\\']));
        }
        if let Some(after) = rest.strip_prefix("//") {
            return address.with_authority(after);
        }
        if rest.starts_with('/') {
            address.set_rest(rest);
            return Some(address);
        }
        let (path, query) = split_query(rest);
        address.path = Path::Opaque(encode(path, ""));
        address.query = query.map(|query| encode(query, QUERY));
        Some(address)
    }

    fn relative(&self, rest: &str) -> Option<Self> {
        let mut address = Self {
            fragment: None,
            ..self.clone()
        };
        let Path::Segments(segments) = &mut address.path else {
            // An opaque path has nothing to be relative to, but for a fragment.
            return rest.is_empty().then_some(address);
        };
        let slash = |text: &str| starts_with_slash(text, special(&self.scheme));
        if slash(rest) && slash(&rest[1..]) {
            return Self::empty(self.scheme.clone()).with_authority(&rest[2..]);
        }
        if slash(rest) {
            address.set_rest(rest);
            return Some(address);
        }
        let (path, query) = split_query(rest);
        if path.is_empty() {
            if let Some(query) = query {
                address.set_query(query);
            }
            return Some(address);
        }
        segments.pop();
        address.query = None;
        address.push_path(path);
        if let Some(query) = query {
            address.set_query(query);
        }
        Some(address)
    }

    /// `user:password@host:port/path?query`.
    fn with_authority(mut self, rest: &str) -> Option<Self> {
        let end = rest
            .find(|c| matches!(c, '/' | '?') || (c == '\\' && self.is_special()))
            .unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let host = match authority.rsplit_once('@') {
            Some((user, host)) => {
                let (name, password) = user.split_once(':').unwrap_or((user, ""));
                self.username = encode(name, USERINFO);
                self.password = encode(password, USERINFO);
                if host.is_empty() {
                    return None;
                }
                host
            }
            None => authority,
        };
        self.set_host_and_port(host)?;
        self.set_rest(rest);
        Some(self)
    }

    fn set_host_and_port(&mut self, text: &str) -> Option<()> {
        let (name, port) = match text.rfind(':').filter(|at| !text[*at..].contains(']')) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        let host = host::parse(name, self.is_special())?;
        let host = if self.scheme == "file" && host == "localhost" {
            String::new()
        } else {
            host
        };
        if host.is_empty() && (port.is_some() || (self.is_special() && self.scheme != "file")) {
            return None;
        }
        if self.scheme == "file" && port.is_some() {
            return None;
        }
        self.port = match port.filter(|port| !port.is_empty()) {
            Some(port) if port.bytes().all(|digit| digit.is_ascii_digit()) => {
                let port: u16 = port.parse().ok()?;
                Some(port).filter(|port| default_port(&self.scheme) != Some(*port))
            }
            Some(_) => return None,
            None => None,
        };
        self.host = Some(host);
        Some(())
    }

    fn set_rest(&mut self, rest: &str) {
        let (path, query) = split_query(rest);
        self.query = None;
        self.path = Path::Segments(Vec::new());
        let path = if starts_with_slash(path, self.is_special()) {
            &path[1..]
        } else {
            path
        };
        if !path.is_empty() || self.is_special() || rest.starts_with('/') {
            self.push_path(path);
        }
        if let Some(query) = query {
            self.set_query(query);
        }
    }

    fn push_path(&mut self, path: &str) {
        let backslash = self.is_special();
        let Path::Segments(segments) = &mut self.path else {
            return;
        };
        let parts: Vec<&str> = path
            .split(|c| c == '/' || (c == '\\' && backslash))
            .collect();
        for (index, part) in parts.iter().enumerate() {
            let last = index + 1 == parts.len();
            match part.to_ascii_lowercase().replace("%2e", ".").as_str() {
                "." if last => segments.push(String::new()),
                "." => {}
                ".." => {
                    segments.pop();
                    if last {
                        segments.push(String::new());
                    }
                }
                _ => segments.push(encode(part, PATH)),
            }
        }
    }

    fn set_query(&mut self, query: &str) {
        self.query = Some(encode(
            query,
            if self.is_special() {
                SPECIAL_QUERY
            } else {
                QUERY
            },
        ));
    }

    /// The parts in the order that `url.js` knows: href, origin, protocol, username, password, host,
    /// hostname, port, pathname, search, hash.
    #[must_use]
    pub fn parts(&self) -> [String; 11] {
        let hostname = self.host.clone().unwrap_or_default();
        let port = self.port.map(|port| port.to_string()).unwrap_or_default();
        let host = if port.is_empty() {
            hostname.clone()
        } else {
            format!("{hostname}:{port}")
        };
        let origin = if self.is_special() && self.scheme != "file" {
            format!("{}://{host}", self.scheme)
        } else {
            "null".into()
        };
        let pathname = match &self.path {
            Path::Opaque(path) => path.clone(),
            Path::Segments(segments) => segments
                .iter()
                .map(|segment| format!("/{segment}"))
                .collect(),
        };
        let with = |mark: char, part: &Option<String>| {
            part.as_ref()
                .map(|part| format!("{mark}{part}"))
                .unwrap_or_default()
        };
        let (query, fragment) = (with('?', &self.query), with('#', &self.fragment));
        let mut href = format!("{}:", self.scheme);
        if self.host.is_some() {
            href.push_str("//");
            if !self.username.is_empty() || !self.password.is_empty() {
                href.push_str(&self.username);
                if !self.password.is_empty() {
                    href.push(':');
                    href.push_str(&self.password);
                }
                href.push('@');
            }
            href.push_str(&host);
        } else if pathname.starts_with("//") {
            href.push_str("/.");
        }
        href.push_str(&pathname);
        href.push_str(&query);
        href.push_str(&fragment);
        let shown = |part: String| if part.len() > 1 { part } else { String::new() };
        [
            href,
            origin,
            format!("{}:", self.scheme),
            self.username.clone(),
            self.password.clone(),
            host,
            hostname,
            port,
            pathname,
            shown(query),
            shown(fragment),
        ]
    }
}

fn starts_with_slash(text: &str, backslash: bool) -> bool {
    text.starts_with('/') || (backslash && text.starts_with('\\'))
}

fn strip_slashes(text: &str, most: usize) -> &str {
    let slashes = text
        .bytes()
        .take(most)
        .take_while(|byte| matches!(byte, b'/' | b'\\'))
        .count();
    &text[slashes..]
}

fn split_query(text: &str) -> (&str, Option<&str>) {
    match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    }
}
