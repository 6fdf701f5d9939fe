use super::*;

fn keys() -> (tempfile::TempDir, Keys) {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = Keys::open(folder.path()).expect("no file yet");
    (folder, keys)
}

fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

#[test]
fn a_key_opens_what_it_is_for_and_its_file_gives_it_not_away() {
    let (folder, mut keys) = keys();
    let key = keys
        .add("agent", &[Scope::Tools], Share::default(), 7)
        .expect("a key");
    let who = keys
        .admit(Some(&bearer(&key)), Scope::Tools, 0)
        .expect("known");
    assert_eq!(who.name, "agent");
    assert_eq!(
        keys.admit(Some(&bearer(&key)), Scope::Jobs, 0),
        Err(Refused::Forbidden)
    );
    let file = std::fs::read_to_string(folder.path().join(FILE)).expect("a file");
    let secret = key.rsplit('_').next().expect("a secret");
    assert!(!file.contains(secret) && file.contains("agent"));
    let held = keys.list()[0].hash.clone();
    let with_hash = bearer(&format!("{PREFIX}{}_{held}", who.id));
    assert_eq!(
        keys.admit(Some(&with_hash), Scope::Tools, 0),
        Err(Refused::Unknown)
    );
}

#[test]
fn no_two_keys_are_revoked_by_one_name() {
    let (_folder, mut keys) = keys();
    let mut add = |name: &str| keys.add(name, &[Scope::Tools], Share::default(), 0).is_ok();
    assert!(add("agent") && !add("agent") && add("other"));
    let id = keys.list()[0].id.clone();
    let none = keys.add(&id, &[Scope::Tools], Share::default(), 0);
    assert!(none.is_err(), "it would be taken for the first one");
    assert!(keys.revoke("agent").expect("written"));
    let again = keys.add("agent", &[Scope::Tools], Share::default(), 0);
    assert!(again.is_ok(), "the name is free again");
    let live = keys.list().iter().filter(|key| !key.revoked);
    let names: Vec<&str> = live.map(|key| &*key.name).collect();
    assert_eq!(names, ["other", "agent"]);
}

#[test]
fn nothing_but_the_whole_key_is_one() {
    let (_folder, mut keys) = keys();
    let key = keys
        .add("agent", &[Scope::Tools], Share::default(), 0)
        .expect("a key");
    let short = &key[..key.len() - 1];
    for header in [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        bearer(short),
        bearer(&format!("{key}0")),
        bearer(&key.to_uppercase()),
        format!("Basic {key}"),
        key.clone(),
        bearer(&format!(" {key}")),
        bearer("selvage_00000000_00"),
        bearer(&"x".repeat(10_000)),
    ] {
        assert_eq!(
            keys.admit(Some(&header), Scope::Tools, 0),
            Err(Refused::Unknown),
            "{header:.80}"
        );
    }
    assert_eq!(keys.admit(None, Scope::Tools, 0), Err(Refused::Unknown));
    assert!(
        keys.admit(Some(&format!("bearer {key}")), Scope::Tools, 0)
            .is_ok()
    );
}

#[test]
fn a_key_that_was_revoked_elsewhere_is_refused_by_a_host_that_runs() {
    let (folder, mut running) = keys();
    let mut other = Keys::open(folder.path()).expect("the same");
    let key = other
        .add("agent", &[Scope::Tools], Share::default(), 0)
        .expect("a key");
    let who = running.admit(Some(&bearer(&key)), Scope::Tools, 0);
    let id = who.expect("known").id;
    assert!(running.is_good(&id) && !running.is_good("00000000"));
    assert!(other.revoke("agent").expect("written") && !other.revoke("nobody").expect("none"));
    assert_eq!(
        running.admit(Some(&bearer(&key)), Scope::Tools, 0),
        Err(Refused::Unknown)
    );
    assert!(!running.is_good(&id), "what it had begun may end");
    std::fs::write(folder.path().join(FILE), "no keys").expect("written");
    assert_eq!(
        running.admit(Some(&bearer(&key)), Scope::Tools, 0),
        Err(Refused::Unknown)
    );
}

#[test]
fn what_belongs_to_a_request_is_not_counted_and_ends_with_its_key() {
    let (_folder, mut keys) = keys();
    let key = bearer(
        &keys
            .add("agent", &[Scope::Jobs], Share::default(), 0)
            .expect("a key"),
    );
    let who = keys.admit(Some(&key), Scope::Jobs, 0).expect("known");
    for _ in 0..=REQUESTS_PER_MINUTE {
        assert_eq!(keys.know(Some(&key), Scope::Jobs).as_ref(), Ok(&who));
    }
    let other = keys.know(Some(&key), Scope::Metrics);
    assert_eq!(other, Err(Refused::Forbidden));
    assert!(keys.revoke("agent").expect("written"));
    assert!(!keys.is_good(&who.id));
    assert_eq!(keys.know(Some(&key), Scope::Jobs), Err(Refused::Unknown));
}

#[test]
fn a_key_that_asks_too_often_is_told_how_long_to_wait() {
    let (_folder, mut keys) = keys();
    let key = bearer(
        &keys
            .add("agent", &[Scope::Tools], Share::default(), 0)
            .expect("a key"),
    );
    for _ in 0..REQUESTS_PER_MINUTE {
        assert!(keys.admit(Some(&key), Scope::Tools, 1_000).is_ok());
    }
    assert_eq!(
        keys.admit(Some(&key), Scope::Tools, 1_000),
        Err(Refused::TooMany(59))
    );
    assert!(keys.admit(Some(&key), Scope::Tools, MINUTE_MS).is_ok());
}

#[test]
fn of_programs_that_write_at_the_same_time_none_is_lost() {
    let (folder, mut keys) = keys();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let folder = folder.path();
            scope.spawn(move || {
                let mut keys = Keys::open(folder).expect("opens");
                keys.add(&format!("k{thread}"), &[Scope::Tools], Share::default(), 0)
                    .expect("a key");
            });
        }
    });
    keys.refresh().expect("read");
    assert_eq!(keys.list().len(), 8);
}

#[test]
fn a_name_past_its_limit_is_refused() {
    let (_folder, mut keys) = keys();
    for name in [
        String::new(),
        "x".repeat(KEY_NAME_CHARS_MAX + 1),
        "a\nb".into(),
    ] {
        assert!(
            keys.add(&name, &[Scope::Tools], Share::default(), 0)
                .is_err()
        );
    }
}

#[test]
fn a_key_with_numbers_of_its_own_has_those_and_one_without_has_the_usual() {
    let (folder, mut keys) = keys();
    let share = Share {
        per_minute: Some(2),
        running: Some(1),
        queued: Some(7),
    };
    let own = bearer(&keys.add("own", &[Scope::Jobs], share, 0).expect("a key"));
    for _ in 0..2 {
        assert!(keys.admit(Some(&own), Scope::Jobs, 0).is_ok());
    }
    let refused = keys.admit(Some(&own), Scope::Jobs, 0);
    assert_eq!(refused, Err(Refused::TooMany(60)));
    let id = keys.list()[0].id.clone();
    let known = keys.get(&id).expect("known");
    assert_eq!((known.running_max, known.queued_max), (Some(1), Some(7)));

    // As it was written before keys had numbers of jobs.
    let hash = "0".repeat(64);
    let older = format!(
        r#"[{{ "id": "1f0c2a3b", "name": "ann", "hash": "{hash}", "scopes": ["jobs"], "madeMs": 5, "requestsPerMinute": 600 }}]"#
    );
    std::fs::write(folder.path().join(FILE), older).expect("written");
    let known = keys.get("1f0c2a3b").expect("known");
    assert_eq!((known.running_max, known.queued_max), (None, None));
    assert!(!known.revoked && known.requests_per_minute == REQUESTS_PER_MINUTE);
}
