//! What waits for a person is asked through the client, which shows it to its own (elicitation).

use crate::ask;
use rmcp::model::{ElicitRequestParams, ElicitationAction, ElicitationSchema, RequestMetaObject};
use rmcp::service::{ElicitationMode, Peer};
use rmcp::{RoleServer, ServiceError};
use selvage_host::Line;
use selvage_tool::decision::Approval;
use selvage_vfs::{Origin, OriginKind};
use serde_json::json;
use std::time::Duration;

/// The member of a question's `_meta` that names the request as `approval_list` does.
const APPROVAL: &str = "selvage/approval";

/// Asks, and passes the answer on, while the call goes on waiting. A client that can't ask its person is a no: nobody else could
/// be asked, since this program has the workspace to itself.
pub fn ask(peer: &Peer<RoleServer>, line: &Line, client: &str, approval: Approval, may_ask: bool) {
    let (peer, line) = (peer.clone(), line.clone());
    let origin = Origin::new(OriginKind::Person, format!("the person at {client}"));
    tokio::spawn(async move {
        let (allow, reason) = answered(&peer, &approval, may_ask).await;
        let input = json!({
            "approval": approval.approval,
            "digest": approval.digest,
            "allow": allow,
            "reason": reason,
        });
        // What was decided otherwise meanwhile needs no answer.
        line.call(origin, "approval_decide", input, |_| {}, |_| {});
    });
}

async fn answered(peer: &Peer<RoleServer>, approval: &Approval, may_ask: bool) -> (bool, String) {
    if !may_ask {
        return (false, "the key has no scope `approve`".into());
    }
    if !peer
        .supported_elicitation_modes()
        .contains(&ElicitationMode::Form)
    {
        return (false, "the client can not ask its person".into());
    }
    let schema = ElicitationSchema::builder()
        .required_bool("approve")
        .optional_string("reason")
        .build();
    let Ok(requested_schema) = schema else {
        return (false, "the question could not be made".into());
    };
    let mut meta = RequestMetaObject::default();
    meta.insert(APPROVAL.into(), json!(approval.approval));
    let params = ElicitRequestParams::FormElicitationParams {
        meta: Some(meta),
        message: ask::text(approval),
        requested_schema,
    };
    let wait = Duration::from_millis(approval.expires_ms.saturating_sub(approval.asked_ms));
    match peer
        .create_elicitation_with_timeout(params, Some(wait))
        .await
    {
        Ok(answer) => {
            let content = answer.content.unwrap_or_default();
            let reason = content["reason"].as_str().unwrap_or_default().to_owned();
            let accepted = answer.action == ElicitationAction::Accept;
            (accepted && content["approve"] == json!(true), reason)
        }
        Err(ServiceError::Timeout { .. }) => (false, "nobody answered in time".into()),
        Err(error) => (false, format!("the client could not ask: {error}")),
    }
}
