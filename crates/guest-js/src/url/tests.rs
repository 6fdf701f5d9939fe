//! Addresses and what comes of them.

use super::*;

/// Address, base, and what comes of it; `None` when it is no address.
const CASES: &[(&str, &str, Option<&str>)] = &[
    (
        "https://Example.COM:443/a/../b/./c?x=1#y",
        "",
        Some("https://example.com/b/c?x=1#y"),
    ),
    (
        "HTTP://user:pa ss@host:8080",
        "",
        Some("http://user:pa%20ss@host:8080/"),
    ),
    ("  https://a.b/\n", "", Some("https://a.b/")),
    ("https:\\\\a.b\\c d", "", Some("https://a.b/c%20d")),
    (
        "../x?y=1#z",
        "https://a.b/c/d/e",
        Some("https://a.b/c/x?y=1#z"),
    ),
    ("/x", "https://a.b/c/d?q#f", Some("https://a.b/x")),
    ("//c.d/x", "https://a.b/", Some("https://c.d/x")),
    ("", "https://a.b/c?q#f", Some("https://a.b/c?q")),
    ("?z", "https://a.b/c?q#f", Some("https://a.b/c?z")),
    ("#z", "https://a.b/c?q#f", Some("https://a.b/c?q#z")),
    ("..", "https://a.b/c/d/", Some("https://a.b/c/")),
    ("%2e%2E/x", "https://a.b/c/d/", Some("https://a.b/c/x")),
    ("https:x", "https://a.b/c/d", Some("https://a.b/c/x")),
    ("https:x", "", Some("https://x/")),
    (
        "https://münchen.DE/straße",
        "",
        Some("https://xn--mnchen-3ya.de/stra%C3%9Fe"),
    ),
    ("https://日本語.jp", "", Some("https://xn--wgv71a119e.jp/")),
    ("http://0x7f.1/", "", Some("http://127.0.0.1/")),
    ("http://256.1.1.1.1/", "", None),
    ("http://1.2.3.400/", "", None),
    ("http://[::1]:3000/", "", Some("http://[::1]:3000/")),
    (
        "http://[2001:DB8:0:0:1:0:0:1]/",
        "",
        Some("http://[2001:db8::1:0:0:1]/"),
    ),
    (
        "http://[::ffff:1.2.3.4]/",
        "",
        Some("http://[::ffff:102:304]/"),
    ),
    ("http://[::g]/", "", None),
    (
        "mailto:a@b.c?subject=x y",
        "",
        Some("mailto:a@b.c?subject=x%20y"),
    ),
    (
        "data:text/plain,hi there",
        "",
        Some("data:text/plain,hi there"),
    ),
    ("foo://Host/a/../b", "", Some("foo://Host/b")),
    ("file:///etc/../x", "", Some("file:///x")),
    ("file://localhost/x", "", Some("file:///x")),
    ("x", "", None),
    ("https://", "", None),
    ("https://a b/", "", None),
    ("https://a:99999/", "", None),
    ("https://a:b/", "", None),
    ("https://a@/", "", None),
    ("x", "mailto:a@b", None),
    (
        "https://a/?q='\"&r=<>",
        "",
        Some("https://a/?q=%27%22&r=%3C%3E"),
    ),
    ("https://a/%zz%41", "", Some("https://a/%zz%41")),
];

#[test]
fn addresses_are_read_as_the_standard_has_it() {
    for (text, base, wanted) in CASES {
        let base = (!base.is_empty()).then(|| Address::parse(base, None).expect("a base"));
        let parsed = Address::parse(text, base.as_ref()).map(|address| address.parts()[0].clone());
        assert_eq!(parsed.as_deref(), *wanted, "{text}");
        if let Some(href) = parsed {
            let again = Address::parse(&href, None).map(|address| address.parts()[0].clone());
            assert_eq!(again, Some(href), "{text} must come back as it is");
        }
    }
}
