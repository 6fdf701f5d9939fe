use super::*;

struct Dist {
    folder: tempfile::TempDir,
}

impl Dist {
    fn new() -> Dist {
        let dist = Dist {
            folder: tempfile::tempdir().expect("a folder"),
        };
        for (name, content) in [
            ("dist/index.html", "<!doctype html>"),
            ("dist/sw.js", "self"),
            ("dist/icon.svg", "<svg/>"),
            ("dist/.secret", "hidden"),
            ("dist/assets/index-B1x_y-Z9.js", "page"),
            ("dist/assets/runner-DEADBEEF.js", "runner"),
            ("dist/assets/kernel-DEADBEEF.js", "kernel"),
            ("dist/assets/guest-js-12345678.wasm", "wasm"),
            ("dist/assets/plain.css", "css"),
            ("dist/embed/selvage.js", "module"),
            ("outside.txt", "outside"),
        ] {
            let path = dist.folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, content).expect("written");
        }
        dist
    }

    fn site(&self) -> Site {
        let folder = self
            .folder
            .path()
            .join("dist")
            .canonicalize()
            .expect("there");
        Site {
            folder,
            isolated: true,
            embedders: Vec::new(),
        }
    }
}

fn get(target: &str) -> Request {
    Request {
        method: "GET".to_owned(),
        target: target.to_owned(),
        ..Request::default()
    }
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer
        .headers
        .iter()
        .find(|(key, _)| *key == name)
        .map_or("", |(_, value)| value)
}

#[test]
fn the_page_comes_isolated_and_says_what_it_may_do() {
    let dist = Dist::new();
    let answer = dist.site().answer(&get("/"));
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, &b"<!doctype html>"[..])
    );
    assert_eq!(header(&answer, "Content-Type"), "text/html; charset=utf-8");
    assert_eq!(header(&answer, "Cross-Origin-Opener-Policy"), "same-origin");
    assert_eq!(
        header(&answer, "Cross-Origin-Embedder-Policy"),
        "require-corp"
    );
    assert_eq!(
        header(&answer, "Cross-Origin-Resource-Policy"),
        "same-origin"
    );
    assert_eq!(header(&answer, "Cache-Control"), "no-cache");
    let policy = header(&answer, "Content-Security-Policy");
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"));
    assert!(policy.ends_with("frame-ancestors 'self'"));
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
}

#[test]
fn isolation_can_be_switched_off_and_frames_allowed() {
    let dist = Dist::new();
    let site = Site {
        isolated: false,
        embedders: vec!["https://a.example".to_owned()],
        ..dist.site()
    };
    let answer = site.answer(&get("/index.html?query"));
    assert_eq!(header(&answer, "Cross-Origin-Opener-Policy"), "");
    assert_eq!(header(&answer, "Cross-Origin-Embedder-Policy"), "");
    assert_eq!(
        header(&answer, "Cross-Origin-Resource-Policy"),
        "cross-origin"
    );
    assert!(
        header(&answer, "Content-Security-Policy")
            .ends_with("frame-ancestors 'self' https://a.example")
    );
}

#[test]
fn each_worker_follows_a_policy_of_its_own() {
    let dist = Dist::new();
    let policy = |target: &str| {
        header(&dist.site().answer(&get(target)), "Content-Security-Policy").to_owned()
    };
    assert!(policy("/assets/runner-DEADBEEF.js").ends_with("connect-src 'none'"));
    assert!(policy("/assets/kernel-DEADBEEF.js").contains("connect-src 'self' https:"));
    assert!(policy("/sw.js").ends_with("connect-src 'self'"));
    assert!(policy("/icon.svg").contains("sandbox"));
    assert!(is_runner("assets/runner-1.js") && is_runner("runner.js"));
    assert!(
        !is_runner("assets/runners-1.js")
            && !is_runner("runner/kernel-1.js")
            && !is_runner("runner-1.wasm")
    );
}

#[test]
fn only_names_that_hold_their_hash_are_kept_forever() {
    let dist = Dist::new();
    for (target, forever) in [
        ("/assets/index-B1x_y-Z9.js", true),
        ("/assets/guest-js-12345678.wasm", true),
        ("/assets/plain.css", false),
        ("/sw.js", false),
        ("/index.html", false),
    ] {
        let answer = dist.site().answer(&get(target));
        assert_eq!(
            header(&answer, "Cache-Control").contains("immutable"),
            forever,
            "{target}"
        );
        assert_eq!(answer.status, 200, "{target}");
    }
    assert_eq!(
        header(
            &dist.site().answer(&get("/assets/guest-js-12345678.wasm")),
            "Content-Type"
        ),
        "application/wasm"
    );
}

#[test]
fn a_file_that_is_known_is_not_sent_again() {
    let dist = Dist::new();
    let tag = header(&dist.site().answer(&get("/sw.js")), "ETag").to_owned();
    let again = Request {
        if_none_match: format!("\"other\", {tag}"),
        ..get("/sw.js")
    };
    let answer = dist.site().answer(&again);
    assert_eq!((answer.status, answer.body.len()), (304, 0));
    assert_eq!(
        header(&answer, "Cross-Origin-Embedder-Policy"),
        "require-corp"
    );
    std::fs::write(dist.site().folder.join("sw.js"), "newer").expect("written");
    assert_eq!(dist.site().answer(&again).status, 200);
}

#[test]
fn the_compressed_form_goes_to_those_who_take_it_and_never_when_it_is_old() {
    let dist = Dist::new();
    let compressed = dist.site().folder.join("sw.js.br");
    std::fs::write(&compressed, "small").expect("written");
    let asked = |accept: &str| {
        dist.site().answer(&Request {
            accept_encoding: accept.to_owned(),
            ..get("/sw.js")
        })
    };
    for (accept, taken) in [
        ("gzip, br", true),
        ("br;q=0.5", true),
        ("BR", true),
        ("br;q=0", false),
        ("gzip", false),
        ("", false),
    ] {
        let answer = asked(accept);
        assert_eq!(answer.body == b"small", taken, "{accept}");
        assert_eq!(
            header(&answer, "Content-Encoding"),
            if taken { "br" } else { "" },
            "{accept}"
        );
        assert_eq!(
            header(&answer, "Content-Type"),
            "text/javascript; charset=utf-8"
        );
    }
    let old = std::fs::File::options()
        .write(true)
        .open(&compressed)
        .expect("there");
    old.set_modified(std::time::SystemTime::UNIX_EPOCH)
        .expect("set");
    assert_eq!(asked("br").body, b"self");
}

#[test]
fn nothing_outside_the_folder_and_nothing_hidden_is_served() {
    let dist = Dist::new();
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        dist.folder.path().join("outside.txt"),
        dist.site().folder.join("link.txt"),
    )
    .expect("linked");
    for target in [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/assets/../../outside.txt",
        "/..\\outside.txt",
        "//outside.txt",
        "/./index.html",
        "/.secret",
        "/%2esecret",
        "/link.txt",
        "/assets",
        "/assets/",
        "/nothing",
        "index.html",
        "",
        "/%",
        "/%zz",
        "/%ff",
        "/index.html%00",
        "/sw.js.br",
        "http://elsewhere/index.html",
    ] {
        let answer = dist.site().answer(&get(target));
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (404, &b"not found"[..]),
            "{target}"
        );
    }
}

#[test]
fn only_reading_is_allowed() {
    let dist = Dist::new();
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "get"] {
        let answer = dist.site().answer(&Request {
            method: method.to_owned(),
            ..get("/")
        });
        assert_eq!(
            (answer.status, header(&answer, "Allow")),
            (405, "GET, HEAD"),
            "{method}"
        );
    }
}

#[test]
fn only_the_module_for_embedding_pages_may_be_imported_from_elsewhere() {
    let dist = Dist::new();
    let of = |target| {
        let answer = dist.site().answer(&get(target));
        assert_eq!(answer.status, 200, "{target}");
        header(&answer, "Access-Control-Allow-Origin").to_owned()
    };
    assert_eq!(of("/embed/selvage.js"), "*");
    for target in ["/", "/sw.js", "/assets/kernel-DEADBEEF.js"] {
        assert_eq!(of(target), "", "{target}");
    }
}

/// A desktop app serves the same files without this server, and must answer as it does.
#[test]
fn the_table_of_the_desktop_app_is_this_one() {
    let alone = Dist::new().site();
    let headers = alone
        .common()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()));
    let types =
        MEDIA_TYPES.map(|(extension, media_type)| (extension.to_owned(), media_type.into()));
    let policy = |name, extension| alone.policy(name, extension);
    let made = serde_json::json!({
        "headers": serde_json::Map::from_iter(headers),
        "types": serde_json::Map::from_iter(types),
        "bytes": BYTES,
        "policies": {
            "page": policy("index.html", "html"),
            "kernel": policy("assets/kernel-DEADBEEF.js", "js"),
            "runner": policy("assets/runner-DEADBEEF.js", "js"),
            "serviceWorker": policy("sw.js", "js"),
            "image": policy("icon.svg", "svg"),
        },
    });
    let made = format!("{made:#}\n");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/electron/site.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(file, &made).expect("it can be written");
    }
    assert!(
        std::fs::read_to_string(file).is_ok_and(|kept| kept == made),
        "web/electron/site.json is stale: run `UPDATE_DOCS=1 cargo test -p selvage-site`"
    );
}
