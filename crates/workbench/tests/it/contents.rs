//! Contents that a host brings and takes piece by piece, and the tools that name them.

use crate::common::Host;
use selvage_tool::ErrorCode;
use selvage_vfs::limits::FILE_BYTES_MAX;
use selvage_vfs::{Hash, Op, Origin, OriginKind};
use selvage_workbench::{Brought, Event};
use serde_json::json;

const MIB: usize = 1024 * 1024;

/// No two pieces alike, and no text.
fn large(bytes: usize) -> Vec<u8> {
    let numbers = 0..bytes as u32 / 4;
    numbers
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect()
}

/// Brings a content as the kernel Worker does.
fn bring(host: &mut Host, bytes: &[u8]) -> String {
    let hash = Hash::of(bytes).to_string();
    let size = bytes.len() as u64;
    let held = host.bench.begin_content(&hash, size).expect("room") as usize;
    let mut from = held;
    for piece in bytes[held..].chunks(MIB) {
        let added = host.bench.add_content(&hash, from as u64, piece);
        from += piece.len();
        assert_eq!(added, Ok(from == bytes.len()));
    }
    hash
}

#[test]
fn a_file_gets_a_content_that_came_in_pieces_and_is_read_in_parts() {
    let mut host = Host::new();
    let bytes = large(3 * MIB + 4);
    let hash = bring(&mut host, &bytes);
    let written = host.ok(
        "write",
        json!({"path": "big.bin", "content": hash, "encoding": "hash"}),
    );
    assert_eq!(written["hash"], hash);
    assert_eq!(written["size"], bytes.len());

    let part = json!({"path": "big.bin", "offset": 2 * MIB + 5, "maxChars": 6});
    let read = host.ok("read", part);
    assert_eq!(read["encoding"], "base64");
    assert_eq!(read["content"], base64(&bytes[2 * MIB + 5..2 * MIB + 11]));
    assert_eq!(
        (&read["size"], &read["hash"]),
        (&json!(bytes.len()), &json!(hash))
    );
    assert_eq!(read["nextOffset"], 2 * MIB + 11);
    let last = host.ok("read", json!({"path": "big.bin", "offset": 3 * MIB + 1}));
    assert_eq!(last["content"], base64(&bytes[3 * MIB + 1..]));
    assert_eq!(
        (&last["truncated"], last.get("nextOffset")),
        (&json!(false), None)
    );
    let behind = host.ok("read", json!({"path": "big.bin", "offset": 4 * MIB}));
    assert_eq!(
        (&behind["content"], &behind["truncated"]),
        (&json!(""), &json!(false))
    );

    // The host takes it without JSON.
    let part = host.bench.read_content(&hash, 3 * MIB as u64, 100);
    assert_eq!(part.as_deref(), Ok(&bytes[3 * MIB..]));
}

#[test]
fn a_content_is_named_without_its_bytes() {
    let mut host = Host::new();
    host.ok("write", json!({"path": "a.md", "content": "one\n"}));
    let named = host.ok("read", json!({"path": "a.md", "encoding": "hash"}));
    assert_eq!(named["content"], Hash::of(b"one\n").to_string());
    // Its text is a text there, too.
    host.ok(
        "write",
        json!({"path": "b.md", "content": named["content"], "encoding": "hash"}),
    );
    assert_eq!(host.ok("read", json!({"path": "b.md"}))["content"], "one\n");
    assert_eq!(host.ok("stat", json!({"path": "b.md"}))["text"], true);
}

#[test]
fn a_hash_that_names_nothing_here_is_refused_and_leaves_nothing() {
    let mut host = Host::new();
    let hash = Hash::of(b"never stored").to_string();
    let write = |content: &str| json!({"path": "c.bin", "content": content, "encoding": "hash"});
    let error = host.call("write", write(&hash)).expect_err("not here");
    assert_eq!(error.code, ErrorCode::NotFound);
    assert!(
        error
            .hint
            .expect("a hint")
            .contains("send the content itself")
    );
    let error = host.call("write", write("abc")).expect_err("no hash");
    assert_eq!(error.code, ErrorCode::InvalidInput);
    let draft = json!({"path": "c.bin", "content": hash, "encoding": "hash", "draft": true});
    let error = host.call("write", draft).expect_err("typing has none");
    assert_eq!(error.code, ErrorCode::InvalidInput);
    host.call("stat", json!({"path": "c.bin"}))
        .expect_err("nothing");

    let bytes = large(3 * MIB);
    let whole = bring(&mut host, &bytes);
    host.ok("write", write(&whole));
    let again = json!({"path": "c.bin", "content": whole, "encoding": "hash", "createOnly": true});
    let error = host.call("write", again).expect_err("it is there");
    assert_eq!(error.code, ErrorCode::AlreadyExists);
    let stale = json!({"path": "c.bin", "content": whole, "encoding": "hash", "base": hash});
    let error = host.call("write", stale).expect_err("another one");
    assert_eq!(error.code, ErrorCode::Stale);
}

#[test]
fn what_is_given_up_or_wrong_or_too_large_is_not_kept() {
    let mut host = Host::new();
    let bytes = large(4 * MIB);
    let (hash, size) = (Hash::of(&bytes).to_string(), bytes.len() as u64);
    host.bench.begin_content(&hash, size).expect("room");
    host.bench
        .add_content(&hash, 0, &bytes[..3 * MIB])
        .expect("fits");
    host.bench.drop_content(&hash).expect("works");
    assert_eq!(host.bench.begin_content(&hash, size), Ok(0));

    // The file changed after it was named.
    host.bench
        .add_content(&hash, 0, &bytes[..3 * MIB])
        .expect("fits");
    let error = host.bench.add_content(&hash, 3 * MIB as u64, &bytes[..MIB]);
    let error = error.expect_err("another file");
    assert_eq!(error.code, ErrorCode::InvalidInput);
    assert_eq!(host.bench.begin_content(&hash, size), Ok(0));

    let error = host.bench.begin_content(&hash, FILE_BYTES_MAX as u64 + 1);
    assert_eq!(error.expect_err("too much").code, ErrorCode::TooLarge);
    let error = host.bench.read_content(&hash, 0, 1).expect_err("not whole");
    assert_eq!(error.code, ErrorCode::NotFound);
}

#[test]
fn a_run_is_not_sent_a_file_that_its_memory_could_not_hold() {
    let mut host = Host::with_runner();
    let hash = bring(&mut host, &large(3 * MIB));
    host.ok(
        "write",
        json!({"path": "big.bin", "content": hash, "encoding": "hash"}),
    );
    let flow = "export default async (flow) => await flow.fs.read('big.bin');\n\n";
    for (mib, is_sent) in [(2, false), (3, true)] {
        let limits = json!({"limits": {"memoryBytesMax": mib * MIB}});
        host.start_flow(flow, limits);
        let (_, job) = host.jobs.last().expect("a job");
        let file = job.files.iter().find(|file| file.path == "big.bin");
        assert!(file.expect("it is seen").readable);
        assert_eq!(host.sent.contains(&hash), is_sent, "{mib} MiB");
        host.finish(Ok(json!(null)), &[]);
        host.tell(Event::RunnerReady {
            runner: 1,
            dropped: false,
        });
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Brings steps that become one change; gives the number of the call.
fn bring_all(host: &mut Host, ops: Vec<Op>) -> u64 {
    let call = 7_000;
    let (origin, message) = (host.bench.person(), "Import a.zip".to_owned());
    host.tell(Event::Brought(Brought {
        call,
        origin,
        message,
        ops,
    }));
    call
}

#[test]
fn what_is_brought_waits_for_its_manifest_to_be_read_and_is_one_change() {
    let mut host = Host::new();
    host.holds_reads = true;
    let policy = Op::write("selvage.policy.yaml", "version: 1\n");
    let call = bring_all(&mut host, vec![policy, Op::write("a.txt", "a")]);
    assert!(host.reply(call).is_none() && host.call("read", json!({"path": "a.txt"})).is_err());

    host.read_held();
    assert!(host.reply(call).expect("an answer").is_ok());
    host.who = host.bench.person();
    for path in ["a.txt", "selvage.policy.yaml"] {
        let last = &host.ok("history", json!({"path": path}))["changes"][0];
        assert_eq!(last["message"], "Import a.zip", "{path}");
    }
}

#[test]
fn nothing_lands_with_a_manifest_that_cannot_be_read_however_its_bytes_came() {
    let mut host = Host::new();
    let broken = "version: 1\nagents: 7\n";
    let hash = bring(&mut host, broken.as_bytes());
    let put = Op::Put {
        path: "selvage.policy.yaml".into(),
        hash: hash.parse().expect("a hash"),
        create_only: false,
    };
    for policy in [Op::write("selvage.policy.yaml", broken), put] {
        let call = bring_all(&mut host, vec![Op::write("a.txt", "a"), policy]);
        let error = host.reply(call).expect("an answer").expect_err("broken");
        assert_eq!(error.code, ErrorCode::InvalidInput);
        assert_eq!(
            (error.path.as_deref(), error.line),
            (Some("selvage.policy.yaml"), Some(2))
        );
        assert!(host.call("read", json!({"path": "a.txt"})).is_err());
    }
    let by_hash = json!({"path": "selvage.policy.yaml", "content": hash, "encoding": "hash"});
    let written = host.as_person(|host| host.call("write", by_hash));
    let refused = written.expect_err("broken");
    assert_eq!(refused.code, ErrorCode::InvalidInput);
}

/// One that is longer than is read would be judged by its beginning, and nothing would be allowed by it.
#[test]
fn a_manifest_that_is_no_short_text_is_refused_however_its_bytes_came() {
    let path = "selvage.policy.yaml";
    let long = format!("version: 1\n# {}\n", "x".repeat(256 * 1024));
    for bytes in [long.as_bytes(), b"version: 1 # \xff\n"] {
        let mut host = Host::new();
        let hash = bring(&mut host, bytes);
        let by_hash = json!({"path": path, "content": hash, "encoding": "hash"});
        let in_place = json!({"path": path, "content": base64(bytes), "encoding": "base64"});
        for input in [by_hash, in_place] {
            let written = host.as_person(|host| host.call("write", input));
            let refused = written.expect_err("no manifest");
            assert_eq!(refused.code, ErrorCode::InvalidInput, "{refused:?}");
            assert!(host.call("stat", json!({"path": path})).is_err());
        }
    }
}

/// Typing becomes a change of the person's when it pauses, so nobody else's words go in as typing.
#[test]
fn what_others_write_as_typing_is_a_change_of_their_own() {
    let mut host = Host::new();
    host.types("a.md", "mine");
    host.who = Origin::new(OriginKind::Agent, "writer");
    let typed = json!({"path": "a.md", "content": "its own", "draft": true});
    host.ok("write", typed);
    host.pass(5_000);

    let history = host.ok("history", json!({"path": "a.md"}));
    let changes = history["changes"].as_array().expect("changes");
    let kinds: Vec<_> = changes.iter().map(|one| &one["origin"]["kind"]).collect();
    assert_eq!(kinds, ["agent", "person"], "{history}");
    let before = json!({"path": "a.md", "at": changes[1]["heads"]});
    assert_eq!(host.ok("read", before)["content"], "mine");
}
