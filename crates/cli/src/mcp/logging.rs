//! Log messages: what a run logs, for clients that want to hear it.

#![expect(
    deprecated,
    reason = "log messages are what clients of today show while a run goes on"
)]

use super::client::is_new;
use rmcp::RoleServer;
use rmcp::model::{LoggingLevel, LoggingMessageNotificationParam};
use rmcp::service::RequestContext;
use selvage_tool::guest::LogLevel;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// How loud a message must be for a session to hear it; all unless it says (`logging/setLevel`).
#[derive(Clone, Default)]
pub struct Level(Arc<AtomicU8>);

impl Level {
    /// What a request is told: as its session says, and without one as it says itself (2026-07-28), which is nothing unless it does.
    pub fn of(context: &RequestContext<RoleServer>, session: &Self) -> Option<Self> {
        if !is_new(context) {
            return Some(session.clone());
        }
        let level = Self::default();
        level.set(context.meta.log_level()?);
        Some(level)
    }

    /// Takes what the client says.
    pub fn set(&self, least: LoggingLevel) {
        self.0.store(rank(least), Ordering::Relaxed);
    }

    /// Tells a client of a message. One that is gone needs none.
    pub async fn log(&self, context: &RequestContext<RoleServer>, data: &Value, level: LogLevel) {
        let level = match level {
            LogLevel::Debug => LoggingLevel::Debug,
            LogLevel::Info => LoggingLevel::Info,
            LogLevel::Warn => LoggingLevel::Warning,
            LogLevel::Error => LoggingLevel::Error,
        };
        if rank(level) < self.0.load(Ordering::Relaxed) {
            return;
        }
        let message = LoggingMessageNotificationParam::new(level, data.clone()).with_logger("flow");
        let _ = context.peer.notify_logging_message(message).await;
    }
}

/// The levels in their order (RFC 5424, section 6.2.1).
fn rank(level: LoggingLevel) -> u8 {
    match level {
        LoggingLevel::Debug => 0,
        LoggingLevel::Info => 1,
        LoggingLevel::Notice => 2,
        LoggingLevel::Warning => 3,
        LoggingLevel::Error => 4,
        LoggingLevel::Critical => 5,
        LoggingLevel::Alert => 6,
        LoggingLevel::Emergency => 7,
    }
}
