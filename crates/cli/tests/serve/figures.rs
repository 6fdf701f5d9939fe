//! What it costs, printed: `cargo test -p selvage-serve figures -- --nocapture`.

use crate::device::Device;
use crate::program::{Program, server};
use selvage_relay::Limits;
use selvage_relay::client::Event;
use std::time::Instant;

const LETTERS: u64 = 2000;
const FRAMES: usize = 1000;
const IDLE: usize = 300;

/// The memory of a process that is its own, in bytes; 0 where the system does not tell.
fn memory(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    kilobytes.unwrap_or(0) * 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path());
    let mut a = Device::open(program.address, 1, 9).await;

    let begun = Instant::now();
    for number in 0..LETTERS {
        a.append(number, &[7; 200]);
    }
    a.acknowledged(LETTERS - 1).await;
    let letters_s = LETTERS as f64 / begun.elapsed().as_secs_f64();

    let begun = Instant::now();
    for number in LETTERS..LETTERS + 50 {
        a.append(number, &[7; 200]);
        a.acknowledged(number).await;
    }
    let alone_ms = begun.elapsed().as_secs_f64() * 1000.0 / 50.0;

    let mut b = Device::open(program.address, 2, 9).await;
    let begun = Instant::now();
    let last = LETTERS + 50;
    b.until(|event| matches!(event, Event::Letter { number, .. } if *number == last))
        .await;
    let fetched_s = last as f64 / begun.elapsed().as_secs_f64();

    // Without the limit of what a link may say, which is what would be measured otherwise.
    let rate_bytes_s_max = u64::MAX / 4000;
    let limits = Limits {
        rate_bytes_s_max,
        ..Limits::default()
    };
    let address = server(limits, None).await;
    let mut a = Device::open(address, 1, 9).await;
    let mut b = Device::open(address, 2, 9).await;
    let to_b = a.peer().await;
    let begun = Instant::now();
    let reader = tokio::spawn(async move {
        for _ in 0..FRAMES {
            b.next_frame().await;
        }
    });
    for _ in 0..FRAMES {
        a.send(to_b, &[7; 64 * 1024]).await;
    }
    reader.await.expect("all came");
    let forwarded_mb_s = (FRAMES * 64 * 1024) as f64 / 1e6 / begun.elapsed().as_secs_f64();

    let before = memory(program.id());
    let mut idle = Vec::new();
    for at in 0..IDLE {
        // A room has places for 64.
        let (room, device) = (2 + (at / 60) as u8, (at % 60) as u8);
        let mut device = Device::in_room(room, program.address, device, 9, None);
        device
            .until(|event| matches!(event, Event::Opened { .. }))
            .await;
        idle.push(device);
    }
    let each_kb = memory(program.id()).saturating_sub(before) as f64 / 1000.0 / IDLE as f64;

    println!(
        "kept {letters_s:.0} letters/s together, {alone_ms:.1} ms each alone; fetched {fetched_s:.0} letters/s; \
         forwarded {forwarded_mb_s:.1} MB/s; {each_kb:.1} kB for each idle connection"
    );
    assert!(letters_s > 0.0 && forwarded_mb_s > 0.0);
}
