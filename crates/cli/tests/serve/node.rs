//! A client that shares no code with the relay.

use crate::device::Device;
use crate::program::Program;
use std::process::Command;

#[tokio::test]
async fn a_client_in_node_enters_and_leaves_a_letter() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path());
    let mut a = Device::open(program.address, 1, 9).await;
    a.append(1, b"from rust");
    a.acknowledged(1).await;
    let address = program.address.to_string();
    let output = tokio::task::spawn_blocking(move || {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node/device.mjs");
        Command::new("node").args([script, &address]).output()
    });
    let output = output.await.expect("no panic").expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut lines: Vec<_> = said.lines().collect();
    // The letter and the acknowledgement may come in either order.
    lines.sort_unstable();
    let expected = [
        "appended true 2",
        "closed 1005 ",
        "letter 1 from rust",
        "welcome keeps 1",
    ];
    assert_eq!(lines, expected, "{errors}");
    assert_eq!(a.next_letter().await, (2, b"from node".to_vec()));
}
