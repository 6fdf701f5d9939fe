//! What a client hears of a run while it goes on: log messages, and how far it is.

use super::logging::Level;
use rmcp::RoleServer;
use rmcp::model::ProgressNotificationParam;
use rmcp::service::RequestContext;
use selvage_tool::guest::LogLevel;
use selvage_workbench::Notice;
use serde_json::{Value, json};

/// What is told of a run while it goes on.
pub struct News {
    /// Nothing for a client that wants no log messages.
    level: Option<Level>,
    token: Option<rmcp::model::ProgressToken>,
    /// How far the client was told that it is.
    told: Option<f64>,
    /// The run that the call started, for `flow_logs` and `flow_status`.
    pub run: Option<String>,
}

impl News {
    /// What is to be told to whoever makes a request, and how much of it; the latter is the session's where there is one.
    pub fn new(context: &RequestContext<RoleServer>, session: &Level) -> Self {
        Self {
            level: Level::of(context, session),
            token: context.meta.get_progress_token(),
            told: None,
            run: None,
        }
    }

    /// Tells the client. One that is gone needs no news.
    pub async fn tell(&mut self, context: &RequestContext<RoleServer>, notice: Notice) {
        match notice {
            Notice::Log { entries, .. } => {
                for entry in entries {
                    self.log(context, &json!(entry), entry.level).await;
                }
            }
            Notice::Run {
                run,
                status,
                progress,
                ..
            } => {
                self.run = Some(run);
                let Some(token) = self.token.clone() else {
                    return;
                };
                let (done, total, label) = match progress {
                    Some(progress) => (progress.done, progress.total, progress.label),
                    None => (0.0, None, json!(status).as_str().map(str::to_owned)),
                };
                // A run's own measure may fall; what a client is told only grows.
                if self.told.is_some_and(|told| done <= told) {
                    return;
                }
                self.told = Some(done);
                let mut news = ProgressNotificationParam::new(token, done);
                news.total = total;
                news.message = label;
                let _ = context.peer.notify_progress(news).await;
            }
            Notice::Asked {
                error, limit, used, ..
            } => {
                let asked = json!({ "asks": limit, "used": used, "error": error });
                self.log(context, &asked, LogLevel::Warn).await;
            }
            Notice::Approval { .. }
            | Notice::Approvals { .. }
            | Notice::Changed { .. }
            | Notice::PeerLost { .. }
            | Notice::MailFailed { .. } => {}
        }
    }
    async fn log(&self, context: &RequestContext<RoleServer>, data: &Value, level: LogLevel) {
        if let Some(least) = &self.level {
            least.log(context, data, level).await;
        }
    }
}
