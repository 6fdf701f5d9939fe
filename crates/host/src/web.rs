//! How this machine asks others over HTTP: whom the system trusts is trusted, an answer is one whatever its status, and no redirect
//! is followed that nobody looked at.

use ureq::config::ConfigBuilder;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::typestate::AgentScope;
use ureq::{Agent, Proxy};

/// What every agent of this program has in common. What is on this machine is not asked for by way of another one.
#[must_use]
pub fn agent(is_here: bool) -> ConfigBuilder<AgentScope> {
    let proxy = if is_here { None } else { Proxy::try_from_env() };
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(proxy)
        .tls_config(tls.build())
}

/// Whether a host's name, as an address has it, is that of the machine itself: what is sent there goes over no line.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}
