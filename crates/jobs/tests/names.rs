//! What rules of a workspace call a server, whatever its address was typed like.

use selvage_jobs::Remote;

#[test]
fn a_server_has_one_name() {
    for (address, name) in [
        ("https://runs.example", "remote:runs.example"),
        ("https://runs.example/", "remote:runs.example"),
        ("HTTPS://Runs.Example:443/a/b", "remote:runs.example"),
        ("https://runs.example:8443/a", "remote:runs.example:8443"),
        ("http://localhost:80", "remote:localhost"),
        ("http://127.0.0.1:443/", "remote:127.0.0.1:443"),
        ("http://[::1]:4180", "remote:[::1]:4180"),
    ] {
        let remote = Remote::new(address, "key").expect(address);
        assert_eq!(remote.name(), name, "{address}");
    }
}
