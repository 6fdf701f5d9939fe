//! Changes of one part of an address.

use super::{Address, FRAGMENT, Path, USERINFO, default_port, encode, host, special, split_scheme};

impl Address {
    /// Changes one part. A value that does not fit changes nothing, as the standard wants it.
    pub fn set(&mut self, part: &str, value: &str) {
        let value: String = value
            .chars()
            .filter(|character| !matches!(character, '\t' | '\n' | '\r'))
            .collect();
        // The answer says only whether the value fitted.
        let _ = self.change(part, &value);
    }

    fn change(&mut self, part: &str, value: &str) -> Option<()> {
        match part {
            "protocol" => self.change_scheme(value),
            "username" | "password" => {
                self.host
                    .as_ref()
                    .filter(|host| !host.is_empty() && self.scheme != "file")?;
                let encoded = encode(value, USERINFO);
                *(if part == "username" {
                    &mut self.username
                } else {
                    &mut self.password
                }) = encoded;
                Some(())
            }
            "host" | "hostname" => self.change_host(value, part == "host"),
            "port" => self.change_port(value),
            "pathname" => {
                if matches!(self.path, Path::Opaque(_)) {
                    return None;
                }
                let (query, value) = (
                    self.query.take(),
                    value.replace('?', "%3F").replace('#', "%23"),
                );
                self.set_rest(&value);
                self.query = query;
                Some(())
            }
            "search" => {
                match value.strip_prefix('?').unwrap_or(value) {
                    "" => self.query = None,
                    query => self.set_query(query),
                }
                Some(())
            }
            "hash" => {
                let fragment = value.strip_prefix('#').unwrap_or(value);
                self.fragment = (!fragment.is_empty()).then(|| encode(fragment, FRAGMENT));
                Some(())
            }
            _ => None,
        }
    }

    fn change_scheme(&mut self, value: &str) -> Option<()> {
        let (scheme, _) = split_scheme(&format!("{value}:"))?;
        let bare = self.username.is_empty() && self.password.is_empty() && self.port.is_none();
        if special(&scheme) != self.is_special()
            || (scheme == "file" && !bare)
            || self.scheme == "file"
        {
            return None;
        }
        self.scheme = scheme;
        self.port = self
            .port
            .filter(|port| default_port(&self.scheme) != Some(*port));
        Some(())
    }

    fn change_host(&mut self, value: &str, with_port: bool) -> Option<()> {
        if matches!(self.path, Path::Opaque(_)) {
            return None;
        }
        let end = value.find(['/', '?', '#']).unwrap_or(value.len());
        let value = &value[..end];
        let colon = value.rfind(':').filter(|at| !value[*at..].contains(']'));
        let (name, port) = match colon {
            Some(at) => (&value[..at], Some(&value[at + 1..])),
            None => (value, None),
        };
        if port.is_some() && !with_port {
            return None;
        }
        let name = host::parse(name, self.is_special())?;
        if name.is_empty() && self.is_special() && self.scheme != "file" {
            return None;
        }
        self.host = Some(name);
        match port {
            Some(port) if !port.is_empty() => self.change_port(port),
            _ => Some(()),
        }
    }

    fn change_port(&mut self, value: &str) -> Option<()> {
        self.host
            .as_ref()
            .filter(|host| !host.is_empty() && self.scheme != "file")?;
        if value.is_empty() {
            self.port = None;
            return Some(());
        }
        let digits = value
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(value.len());
        let port: u16 = value[..digits].parse().ok()?;
        self.port = Some(port).filter(|port| default_port(&self.scheme) != Some(*port));
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_changed_when_the_value_fits() {
        let cases = [
            ("protocol", "http", "http://u:p@a.b:8443/c?d#e"),
            ("protocol", "mailto", "https://u:p@a.b:8443/c?d#e"),
            ("username", "x y", "https://x%20y:p@a.b:8443/c?d#e"),
            ("password", "", "https://u@a.b:8443/c?d#e"),
            ("host", "x.y:1", "https://u:p@x.y:1/c?d#e"),
            ("hostname", "x.y", "https://u:p@x.y:8443/c?d#e"),
            ("hostname", "x y", "https://u:p@a.b:8443/c?d#e"),
            ("port", "443", "https://u:p@a.b/c?d#e"),
            ("port", "", "https://u:p@a.b/c?d#e"),
            ("port", "99999", "https://u:p@a.b:8443/c?d#e"),
            (
                "pathname",
                "x/../y z?#",
                "https://u:p@a.b:8443/y%20z%3F%23?d#e",
            ),
            ("search", "?x='", "https://u:p@a.b:8443/c?x=%27#e"),
            ("search", "", "https://u:p@a.b:8443/c#e"),
            ("hash", "#x y", "https://u:p@a.b:8443/c?d#x%20y"),
            ("hash", "", "https://u:p@a.b:8443/c?d"),
        ];
        for (part, value, wanted) in cases {
            let mut address =
                Address::parse("https://u:p@a.b:8443/c?d#e", None).expect("an address");
            address.set(part, value);
            assert_eq!(address.parts()[0], wanted, "{part} = {value:?}");
        }
    }
}
