//! The page, from a folder: what `selvage_site` answers.

use crate::error::{Result, ServeError};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, IF_NONE_MATCH};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use selvage_site::Site;
use std::path::Path;
use std::sync::Arc;

/// Routes that answer with the files of a folder, with the headers that the page's Workers need.
pub fn pages(folder: &Path) -> Result<Router> {
    let canonical = folder.canonicalize().and_then(|canonical| {
        // A folder that can't be listed can't be served either.
        canonical.read_dir().map(|_| canonical)
    });
    let site = Site {
        folder: canonical.map_err(|source| ServeError::Pages {
            folder: folder.to_owned(),
            source,
        })?,
        isolated: true,
        embedders: Vec::new(),
    };
    Ok(Router::new().fallback(answer).with_state(Arc::new(site)))
}

async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response {
    // What is sent along with a request for a file is nobody's business.
    let (head, _) = request.into_parts();
    let header = |name| {
        let value = head.headers.get(name);
        let text = value.and_then(|value: &HeaderValue| value.to_str().ok());
        text.unwrap_or_default().to_owned()
    };
    let is_head = head.method == Method::HEAD;
    let asked = selvage_site::Request {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        accept_encoding: header(ACCEPT_ENCODING),
        if_none_match: header(IF_NONE_MATCH),
    };
    // Files are read as a whole, which may block.
    let answered = tokio::task::spawn_blocking(move || site.answer(&asked)).await;
    let mut response = Response::new(Body::empty());
    let Ok(answered) = answered else {
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return response;
    };
    *response.status_mut() =
        StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answered.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
            response.headers_mut().append(name, value);
        }
    }
    if is_head {
        let length = HeaderValue::from(answered.body.len());
        response.headers_mut().insert(CONTENT_LENGTH, length);
    } else {
        *response.body_mut() = Body::from(answered.body);
    }
    response
}
