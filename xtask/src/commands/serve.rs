//! `serve`: builds what changed, then serves the page at a local address that it prints.
//!
//! | option | meaning |
//! | --- | --- |
//! | `--port <n>` | this port and no other; 0 is any free one. Without it: 4173, or the next free one |
//! | `--no-isolation` | leaves COOP and COEP out, as most web hosts do |
//! | `--embed <origin>` | lets pages of this origin show the page in a frame; `*.example.org` is written `https://*.example.org` |
//! | `--no-build` | serves `dist/` as it is |
//! | `--any-size` | serves a build that is over its budget, too |
//!
//! A build over its budget is not served without being told: whoever made it too large hears that when they look at it. Measuring is
//! compressing what changed; the server then has the compressed forms, too.

use super::page;
use crate::commands::Command;
use crate::{Arguments, http, root};
use anyhow::{Context, Result, ensure};
use selvage_site::Site;
use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::Arc;

/// See the module.
pub const COMMAND: Command = Command {
    name: "serve",
    usage: "[--port n] [--embed origin] [--no-isolation] [--no-build] [--any-size]",
    about: "builds what changed and serves the page",
    run,
};

/// The first port that is tried, and how many after it.
const PORT: u16 = 4173;
const PORTS_TRIED_MAX: u16 = 50;

fn run(mut arguments: Arguments) -> Result<()> {
    let port = arguments
        .option("--port")?
        .map(|port| {
            port.parse::<u16>()
                .context("a port is a number up to 65535")
        })
        .transpose()?;
    let isolated = !arguments.switch("--no-isolation");
    let build = !arguments.switch("--no-build");
    let any_size = arguments.switch("--any-size");
    let mut embedders = Vec::new();
    while let Some(origin) = arguments.option("--embed")? {
        ensure!(
            is_origin(&origin),
            "{origin:?} is no origin: write https://host or http://host:port"
        );
        embedders.push(origin);
    }
    arguments.end()?;
    if build && any_size {
        page::ensure()?;
    } else if build {
        page::ensure_fits()?;
    }
    let folder = root::dist()
        .canonicalize()
        .context("there is no dist/: build it with `cargo xtask page`")?;
    let site = Arc::new(Site {
        folder,
        isolated,
        embedders,
    });
    let listener = listen(port)?;
    let port = listener.local_addr()?.port();
    // Browsers try ::1 first for localhost; where another program has that port, its page would be shown.
    if let Ok(second) = TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
        let site = Arc::clone(&site);
        std::thread::spawn(move || http::serve(&second, &site));
    }
    println!("Selvage is at http://localhost:{port}/");
    std::io::stdout().flush()?;
    http::serve(&listener, &site);
    Ok(())
}

/// Whether this may stand in a list of `frame-ancestors`: a scheme, a host, maybe a port, and nothing that could end the list.
fn is_origin(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .unwrap_or("");
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '*' | '[' | ']');
    !host.is_empty() && host.chars().all(plain)
}

fn listen(port: Option<u16>) -> Result<TcpListener> {
    if let Some(port) = port {
        return TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .with_context(|| format!("port {port} is not free"));
    }
    (PORT..PORT + PORTS_TRIED_MAX)
        .find_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok())
        .context("no port is free: choose one with --port")
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn an_origin_is_not_a_way_to_loosen_the_policy() {
        for origin in [
            "https://a.example",
            "http://localhost:8080",
            "https://*.example.org",
            "http://[::1]:80",
        ] {
            assert!(is_origin(origin), "{origin}");
        }
        for text in [
            "",
            "*",
            "https://",
            "a.example",
            "https://a; script-src *",
            "https://a b",
            "javascript:x",
            "https://a/b",
            "https://a\r\nX: y",
        ] {
            assert!(!is_origin(text), "{text}");
        }
    }
}
