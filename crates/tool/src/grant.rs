//! What a run may touch. Deny by default: an empty grant allows nothing.

use serde::{Deserialize, Serialize};

/// What a run may touch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Grant {
    /// Globs of the workspace paths it may read: `data/**`.
    pub read: Vec<String>,
    /// Globs of the workspace paths it may write, move or remove.
    pub write: Vec<String>,
    /// Domains it may fetch from: `api.example.com`, `*.example.com` for every name below, or `*` for all.
    pub net: Vec<String>,
    /// Tools it may call.
    pub tools: Vec<String>,
}

impl Grant {
    /// The grant of a flow that may use the whole workspace and nothing beyond.
    #[must_use]
    pub fn workspace() -> Self {
        Self {
            read: vec!["**".into()],
            write: vec!["**".into()],
            ..Self::default()
        }
    }

    /// Whether a domain is covered. `*.example.com` covers `a.example.com`, not `example.com`.
    #[must_use]
    pub fn covers_domain(&self, domain: &str) -> bool {
        let domain = domain.to_ascii_lowercase();
        self.net.iter().any(|granted| {
            if granted == "*" {
                return true;
            }
            let granted = granted.to_ascii_lowercase();
            match granted.strip_prefix("*.") {
                Some(parent) => domain
                    .strip_suffix(parent)
                    .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
                None => granted == domain,
            }
        })
    }

    /// The domains that this grant and another one both cover.
    #[must_use]
    pub fn net_in_both(&self, other: &Self) -> Vec<String> {
        let within = |domains: &[String], grant: &Self| -> Vec<String> {
            let covered = domains.iter().filter(|domain| match domain.as_str() {
                "*" => grant.net.iter().any(|granted| granted == "*"),
                domain => match domain.strip_prefix("*.") {
                    // Whoever covers one name below covers all of them, unless it is that very name.
                    Some(parent) => grant.covers_domain(&format!("*.{parent}")),
                    None => grant.covers_domain(domain),
                },
            });
            covered.cloned().collect()
        };
        let mut both = within(&self.net, other);
        both.extend(within(&other.net, self));
        both.sort();
        both.dedup();
        both
    }
}

/// The domain of an `http:` or `https:` address, in lower case and without the port.
///
/// It reads less than browsers do: no user names, no backslashes, no white space, ASCII only. What
/// it refuses can't be fetched, so that no two readers can differ about where an address leads.
#[must_use]
pub fn domain_of(url: &str) -> Option<String> {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| lower.starts_with(scheme))?;
    if !url
        .bytes()
        .all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'\\')
    {
        return None;
    }
    let rest = &url[scheme.len()..];
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let (domain, port) = authority.split_once(':').unwrap_or((authority, ""));
    let named = !domain.is_empty()
        && domain
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
        && domain.split('.').all(|label| !label.is_empty());
    (named && port.bytes().all(|byte| byte.is_ascii_digit())).then(|| domain.to_ascii_lowercase())
}

/// Whether a text is a domain as a grant names them, `*.example.com` for every name below one included: no scheme, port or path.
#[must_use]
pub fn is_domain(text: &str) -> bool {
    let named = text.strip_prefix("*.").unwrap_or(text);
    let is_bare = !named.contains([':', '/', '?', '#']);
    is_bare && domain_of(&format!("https://{named}/")).is_some()
}

/// The globs of one side of a grant: `*` and `?` stay inside a name, `**` crosses folders, `[a-z]`
/// and `{csv,json}` choose.
#[derive(Debug, Clone)]
pub struct PathSet(Vec<String>);

impl PathSet {
    /// Checks globs.
    ///
    /// # Errors
    /// The glob whose brackets or braces don't pair, or that begins with `!`: a grant only ever adds.
    pub fn new(globs: &[String]) -> Result<Self, String> {
        if let Some(negated) = globs.iter().find(|glob| glob.starts_with('!')) {
            return Err(format!(
                "`{negated}` would take away, and a grant only adds: list what is allowed"
            ));
        }
        match globs.iter().find(|glob| !pairs(glob)) {
            Some(broken) => Err(format!(
                "`{broken}` has a bracket or a brace without its other half"
            )),
            None => Ok(Self(globs.to_vec())),
        }
    }

    /// Whether everything that is, or could be, below a folder is covered: by `**` below it or below one of the folders above.
    #[must_use]
    pub fn covers_all_below(&self, folder: &str) -> bool {
        let above = |glob: &str| {
            let ends = folder.match_indices('/').map(|(end, _)| end);
            ends.chain([folder.len()])
                .any(|end| fast_glob::glob_match(glob, &folder[..end]))
        };
        self.0.iter().any(|glob| match glob.strip_suffix("/**") {
            // A backslash would belong to the slash that is gone.
            Some(start) => !start.ends_with('\\') && above(start),
            None => glob == "**",
        })
    }

    /// Whether a workspace path is covered.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        self.0.iter().any(|glob| fast_glob::glob_match(glob, path))
    }
}

/// Whether every bracket and brace of a glob has its other half.
fn pairs(glob: &str) -> bool {
    let mut open = Vec::new();
    let mut letters = glob.chars();
    while let Some(letter) = letters.next() {
        match (letter, open.last()) {
            ('\\', _) => {
                letters.next();
            }
            (']', Some('[')) | ('}', Some('{')) => {
                open.pop();
            }
            (_, Some('[')) => {}
            ('[' | '{', _) => open.push(letter),
            (']' | '}', _) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_no_scheme_no_port_and_no_path() {
        for domain in ["a.org", "A.org", "*.a.org", "127.0.0.1", "localhost"] {
            assert!(is_domain(domain), "{domain}");
        }
        for other in [
            "",
            "*",
            "*.",
            "http://a.org",
            "a.org:9",
            "a.org/",
            "a.org?x",
            "a..org",
            "ä.org",
            "a@b.org",
        ] {
            assert!(!is_domain(other), "{other}");
        }
    }

    #[test]
    fn an_empty_grant_covers_nothing() {
        assert!(!Grant::default().covers_domain("example.com"));
        assert!(!PathSet::new(&[]).expect("empty set").covers("a.txt"));
    }

    #[test]
    fn a_star_covers_names_below_and_not_the_name_itself() {
        let grant = Grant {
            net: vec!["*.example.com".into(), "one.org".into()],
            ..Grant::default()
        };
        assert!(grant.covers_domain("a.example.com") && grant.covers_domain("A.B.EXAMPLE.com"));
        assert!(!grant.covers_domain("example.com") && !grant.covers_domain("evilexample.com"));
        assert!(grant.covers_domain("one.org") && !grant.covers_domain("a.one.org"));
    }

    #[test]
    fn what_two_grants_share_is_the_smaller_of_each_pair() {
        let grant = |net: &[&str]| Grant {
            net: net.iter().map(|&domain| domain.into()).collect(),
            ..Grant::default()
        };
        let both = |a: &[&str], b: &[&str]| {
            let shared = grant(a).net_in_both(&grant(b));
            assert_eq!(shared, grant(b).net_in_both(&grant(a)));
            shared
        };
        assert_eq!(both(&["*"], &["a.org", "*.b.org"]), ["*.b.org", "a.org"]);
        assert_eq!(
            both(&["*.b.org"], &["x.b.org", "b.org", "*.y.b.org"]),
            ["*.y.b.org", "x.b.org"]
        );
        assert_eq!(both(&["*"], &["*"]), ["*"]);
        assert_eq!(both(&["*.b.org"], &["*.b.org", "c.org"]), ["*.b.org"]);
        assert!(both(&["a.org"], &["b.org"]).is_empty() && both(&["*"], &[]).is_empty());
    }

    #[test]
    fn an_address_that_two_readers_could_read_in_two_ways_has_no_domain() {
        assert_eq!(
            domain_of("HTTPS://API.Example.com:8443/x?y"),
            Some("api.example.com".into())
        );
        assert_eq!(domain_of("http://localhost"), Some("localhost".into()));
        for url in [
            "ftp://a.org",
            "https://",
            "https://user@a.org/",
            "https://good.org\\@evil.org",
            "https://a..org",
            "https://a.org\t",
            " https://a.org",
            "https://ä.org",
            "//a.org",
            "https://a.org:x",
            "data:text/plain,x",
        ] {
            assert_eq!(domain_of(url), None, "{url}");
        }
    }

    #[test]
    fn a_star_in_a_path_stays_in_its_folder() {
        let set = PathSet::new(&["data/*.csv".into(), "out/**".into()]).expect("globs");
        assert!(set.covers("data/a.csv") && !set.covers("data/x/a.csv"));
        assert!(set.covers("out/x/y.md") && !set.covers("secret.txt"));
    }

    #[test]
    fn everything_is_covered_by_two_stars_and_a_broken_glob_is_refused() {
        let set = PathSet::new(&["**".into()]).expect("a glob");
        assert!(
            set.covers("a") && set.covers("a/b/c.txt") && set.covers("a/\u{10FFFF}/\u{10FFFF}")
        );
        let set = PathSet::new(&["data/*.{csv,json}".into()]).expect("a glob");
        assert!(set.covers("data/a.json") && !set.covers("data/a.txt") && !set.covers("data"));
        for broken in ["a[", "{a", "a}", "[a]]", "!a", "!!a/**"] {
            assert!(PathSet::new(&[broken.into()]).is_err(), "{broken}");
        }
    }

    #[test]
    fn only_two_stars_cover_everything_below_a_folder() {
        let covers = |globs: &[&str], folder: &str| {
            let globs: Vec<String> = globs.iter().map(|&glob| glob.into()).collect();
            PathSet::new(&globs)
                .expect("globs")
                .covers_all_below(folder)
        };
        assert!(
            covers(&["**"], "data")
                && covers(&["data/**"], "data")
                && covers(&["data/**"], "data/in/it")
        );
        assert!(covers(&["x", "da*/**"], "data/in") && covers(&["{data,out}/**"], "out"));
        assert!(covers(&["**/**"], "data"));
        for globs in [
            &["data"][..],
            &["data", "data/*", "data/*/*"],
            &["data", "data/[!s]*", "data/[!s]*/**"],
            &["data/in/**"],
            &["dat/**"],
            &["{x,data/**}"],
            &["data\\/**"],
        ] {
            assert!(!covers(globs, "data"), "{globs:?}");
        }
    }
}
