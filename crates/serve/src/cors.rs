//! Lets the pages of origins that the server's owner named read what routes answer (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>).

use crate::doors::Origins;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

/// For how many seconds a browser need not ask again whether it may ask.
const ASKED_SECONDS_MAX: HeaderValue = HeaderValue::from_static("600");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization");

/// The routes, for pages of these origins, too. An origin has to be named: `*` opens nothing here.
pub fn shared(origins: &Origins, routes: Router) -> Router {
    routes.layer(from_fn_with_state(origins.clone(), answer))
}

async fn answer(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let named = |origin: &&HeaderValue| origin.to_str().is_ok_and(|it| origins.names(it));
    let origin = headers.get(header::ORIGIN).filter(named).cloned();
    let asks_first = request.method() == Method::OPTIONS
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match &origin {
        Some(_) if asks_first => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if asks_first {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, ASKED_SECONDS_MAX);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::put;
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;

    /// Asks with an origin, as a browser does; gives the status and the headers that begin with `access-control-allow-`.
    async fn ask(method: Method, origin: Option<&str>) -> (u16, Vec<(String, String)>) {
        let mut origins = Origins::default();
        origins.add("https://a.example").expect("an origin");
        origins.add("*").expect("all");
        let routes = Router::new().route("/jobs/{id}", put(|| async { StatusCode::UNAUTHORIZED }));
        let mut request = axum::http::Request::builder().uri("/jobs/x");
        if method == Method::OPTIONS {
            request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT");
        }
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        let request = request.method(method).body(Body::empty());
        let service = TowerToHyperService::new(shared(&origins, routes));
        let answered = service.call(request.expect("a request")).await;
        let response = answered.expect("an answer");
        assert_eq!(response.headers()[header::VARY], "origin");
        let allowed = response.headers().iter().filter_map(|(name, value)| {
            let name = name.as_str().strip_prefix("access-control-allow-")?;
            Some((name.to_owned(), value.to_str().expect("text").to_owned()))
        });
        (response.status().as_u16(), allowed.collect())
    }

    fn allowed(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[tokio::test]
    async fn a_page_of_a_named_origin_may_ask_and_read_refusals_too() {
        let (status, headers) = ask(Method::PUT, Some("https://a.example")).await;
        assert_eq!(
            (status, headers),
            (401, allowed(&[("origin", "https://a.example")]))
        );
        let (status, headers) = ask(Method::OPTIONS, Some("https://a.example")).await;
        let expected = [
            ("origin", "https://a.example"),
            ("methods", "GET, POST, PUT, DELETE"),
            ("headers", "authorization"),
        ];
        assert_eq!((status, headers), (204, allowed(&expected)));
    }

    #[tokio::test]
    async fn nobody_else_is_allowed_anything_even_where_relays_take_all() {
        for origin in ["https://b.example", "null", "*", "https://a.example.b"] {
            assert_eq!(ask(Method::PUT, Some(origin)).await, (401, Vec::new()));
            assert_eq!(ask(Method::OPTIONS, Some(origin)).await, (405, Vec::new()));
        }
        assert_eq!(ask(Method::PUT, None).await, (401, Vec::new()));
    }
}
