//! What trust costs in time: `cargo run --release -p selvage-trust --example costs`.
#![allow(
    clippy::disallowed_methods,
    reason = "an example is a host: it may look at the clock"
)]

use selvage_trust::{
    Admission, History, Identity, Inviter, Joiner, Kind, Purpose, Role, Seat, TrustError,
};
use std::time::Instant;

fn main() -> Result<(), TrustError> {
    let mut state = 1_u64;
    let mut random = move |out: &mut [u8]| {
        for byte in out {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = (state >> 56) as u8;
        }
    };
    let mut ada = Seat::found(Identity::new(&mut random), "Ada", &mut random)?;
    let start = Instant::now();
    let mut ben = pair(&mut ada, "Ben", &mut random)?;
    tell("a whole pairing", 1, start);

    const COUNT: usize = 2_000;
    let start = Instant::now();
    let sign = |at: usize| ben.sign(Kind::Text, &[at as u8; 40]);
    let envelopes = (0..COUNT).map(sign).collect::<Result<Vec<_>, _>>()?;
    tell("an envelope signed", COUNT, start);
    let start = Instant::now();
    for envelope in &envelopes {
        let admitted = matches!(ada.admit(&[envelope])[..], [Admission::Admitted(_)]);
        assert!(admitted);
    }
    tell("an envelope admitted", COUNT, start);
    for size in [256, 64 * 1024, 16 * 1024 * 1024] {
        let plain = vec![7; size];
        let count = (64 * 1024 * 1024 / size).min(20_000);
        let start = Instant::now();
        let mut frame = Vec::new();
        for _ in 0..count {
            frame = ada.encrypt(Purpose::Frame, &plain, &mut random)?;
        }
        speed("encrypted", size, count, start);
        let start = Instant::now();
        for _ in 0..count {
            ben.decrypt(Purpose::Frame, &frame)?;
        }
        speed("decrypted", size, count, start);
    }

    for at in 0..18 {
        pair(&mut ada, &at.to_string(), &mut random)?;
    }
    let start = Instant::now();
    let epoch = ada.rotate(&mut random)?;
    tell("an epoch of 20 devices begun", 1, start);
    let log: Vec<_> = ada
        .members()
        .since(&[])
        .map(|op| op.bytes().to_vec())
        .collect();
    let bytes: usize = log.iter().map(Vec::len).sum();
    let start = Instant::now();
    ben.receive(log.iter().map(Vec::as_slice));
    tell("an operation received", log.len(), start);
    println!(
        "epoch of 20 devices {} bytes, log of {} operations {bytes} bytes",
        epoch.len(),
        log.len()
    );
    Ok(())
}

fn pair(ada: &mut Seat, name: &str, random: &mut dyn FnMut(&mut [u8])) -> Result<Seat, TrustError> {
    let (role, history) = (Role::Editor, History::Readable);
    let mut inviter = Inviter::new(ada, role, history, "wss://r.example", (0, 1_000), random)?;
    let invitation = inviter.invitation().clone();
    let (mut joiner, request) = Joiner::new(Identity::new(random), name, invitation, 0, random)?;
    let (_, offer) = inviter.request(ada, &request, 0, random)?;
    let (_, reveal) = joiner.offer(&offer, random)?;
    inviter.reveal(ada, &reveal)?;
    let (_, welcome) = inviter.accept(ada, &[], 0, random)?;
    Ok(joiner.welcome(&welcome)?.0)
}

fn tell(what: &str, count: usize, start: Instant) {
    let us = start.elapsed().as_secs_f64() * 1e6 / count as f64;
    println!("{what}: {us:.1} us");
}

fn speed(what: &str, size: usize, count: usize, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = (size * count) as f64 / 1e6;
    println!(
        "{size} bytes {what}: {:.0} MB/s, {:.1} us",
        megabytes / seconds,
        seconds * 1e6 / count as f64
    );
}
