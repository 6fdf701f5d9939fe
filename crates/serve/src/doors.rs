//! Whom the server answers: under which names, and whose pages.

use std::net::SocketAddr;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doors {
    /// The server's own names.
    pub names: Names,
    /// Whose pages may connect.
    pub origins: Origins,
}

/// The names that the server goes by: what a person listed, and the address that a connection came
/// to. A client signs the name that it dialled; so a relay that passes on what a client says to it
/// gets nowhere, since the name is its own. This also keeps pages out that made a name of theirs
/// lead here (DNS rebinding).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(Vec<String>);

impl Names {
    /// Adds a name: host, and port unless it is the scheme's own. The error says what a name is.
    pub fn add(&mut self, name: &str) -> Result<(), String> {
        if !is_host(name) {
            return Err(format!(
                "{name:?} is no name of a host: write host or host:port"
            ));
        }
        self.0.push(name.to_ascii_lowercase());
        Ok(())
    }

    /// Whether a request for `host`, on a connection to `local`, is for this server.
    pub fn holds(&self, host: &str, local: SocketAddr) -> bool {
        let host = host.to_ascii_lowercase();
        let is_local = local.ip().is_loopback() && host == format!("localhost:{}", local.port());
        is_local || host == local.to_string() || self.0.contains(&host)
    }
}

fn is_host(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    !text.is_empty() && text.chars().all(plain)
}

/// The schemes of web origins: those of the web, and that of the workbench's desktop app, whose page is at `selvage://app`.
const SCHEMES: [&str; 3] = ["https", "http", "selvage"];

/// Whose pages may connect: those of the server itself, and those of a list. Links are opened by a
/// key and not by a cookie, so this keeps strangers' pages from using up places, and no secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    all: bool,
    listed: Vec<String>,
}

impl Origins {
    /// Lets pages of a web origin connect, or of all (`*`). The error says what an origin is.
    pub fn add(&mut self, origin: &str) -> Result<(), String> {
        if origin == "*" {
            self.all = true;
            return Ok(());
        }
        let parts = origin.split_once("://");
        if !parts.is_some_and(|(scheme, host)| SCHEMES.contains(&scheme) && is_host(host)) {
            let what = "is no web origin: write https://host, http://host:port or selvage://app";
            return Err(format!("{origin:?} {what}"));
        }
        self.listed.push(origin.to_ascii_lowercase());
        Ok(())
    }

    /// Whether a page of this web origin may connect to a server that is asked for as `host`.
    pub fn allows(&self, origin: &str, host: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        let own = origin
            .split_once("://")
            .is_some_and(|(_, of)| of.eq_ignore_ascii_case(host));
        self.all || own || self.listed.contains(&origin)
    }

    /// Whether this web origin is on the list, as itself.
    pub fn names(&self, origin: &str) -> bool {
        self.listed.contains(&origin.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_server_and_of_the_list_may_connect() {
        let mut origins = Origins::default();
        origins.add("https://a.example").expect("an origin");
        assert!(origins.allows("https://A.example", "relay.example"));
        assert!(origins.allows("http://localhost:4180", "localhost:4180"));
        for origin in [
            "https://b.example",
            "http://a.example",
            "null",
            "",
            "https://a.example.b",
        ] {
            assert!(!origins.allows(origin, "relay.example"), "{origin}");
        }
        for text in [
            "a.example",
            "https://",
            "https://a/b",
            "ftp://a",
            "https://a b",
        ] {
            assert!(origins.add(text).is_err(), "{text}");
        }
        origins.add("*").expect("all");
        assert!(origins.allows("https://b.example", "relay.example"));
        assert!(origins.names("https://A.example"));
        assert!(!origins.names("https://b.example") && !origins.names("*"));
    }

    #[test]
    fn the_desktop_app_has_an_origin_and_other_schemes_have_none() {
        let mut origins = Origins::default();
        origins.add("selvage://app").expect("an origin");
        assert!(origins.allows("selvage://app", "127.0.0.1:4180"));
        assert!(origins.names("selvage://app"));
        for origin in ["selvage://other", "https://app", "app", "file://app"] {
            assert!(!origins.allows(origin, "127.0.0.1:4180"), "{origin}");
        }
        for text in [
            "selvage://",
            "selvage:app",
            "selvage://app/",
            "selvages://app",
            "xselvage://app",
            "file://app",
            "app://app",
            "://app",
        ] {
            assert!(origins.add(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_server_goes_by_its_own_names_only() {
        let mut names = Names::default();
        names.add("Relay.example").expect("a name");
        let local: SocketAddr = "127.0.0.1:4180".parse().expect("an address");
        for host in [
            "relay.example",
            "RELAY.example",
            "127.0.0.1:4180",
            "localhost:4180",
        ] {
            assert!(names.holds(host, local), "{host}");
        }
        for host in [
            "",
            "localhost",
            "relay.example:80",
            "other.example",
            "127.0.0.1:1",
        ] {
            assert!(!names.holds(host, local), "{host}");
        }
        let outside: SocketAddr = "192.0.2.1:4180".parse().expect("an address");
        assert!(names.holds("192.0.2.1:4180", outside) && !names.holds("localhost:4180", outside));
        assert!(names.add("https://relay.example").is_err() && names.add("").is_err());
    }
}
