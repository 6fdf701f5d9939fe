//! `cargo xtask fuzz [target…] [--minutes N] [--seed N]`.

#![allow(
    clippy::disallowed_methods,
    reason = "a program for developers works on the disk and in time"
)]

use selvage_fuzz::{ALL, Target, folder, for_a_while, fuzz, memory, pack, replay};
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

fn main() -> ExitCode {
    let mut names = Vec::new();
    let (mut minutes, mut seed) = (10.0_f64, 0_u64);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse::<f64>().ok());
        match argument.as_str() {
            "--minutes" => minutes = number().unwrap_or(minutes),
            "--seed" => seed = number().map_or(seed, |number| number as u64),
            _ => names.push(argument),
        }
    }
    let known = |target: &&Target| names.is_empty() || names.iter().any(|one| one == target.name);
    let targets: Vec<_> = ALL.iter().filter(known).collect();
    if targets.is_empty() {
        eprintln!("there is no such target; there are:");
        ALL.iter().for_each(|target| eprintln!("  {}", target.name));
        return ExitCode::FAILURE;
    }
    // A crash is told once, with the number that makes it again.
    std::panic::set_hook(Box::new(|_| {}));
    let mut is_well = true;
    for target in targets {
        is_well &= run(target, seed, Duration::from_secs_f64(minutes * 60.0));
    }
    if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn run(target: &Target, seed: u64, time: Duration) -> bool {
    if let Err(why) = replay(target) {
        println!("{}: {why}", target.name);
        return false;
    }
    let began = Instant::now();
    match fuzz(target, seed, for_a_while(time)) {
        Ok(tally) => {
            println!(
                "{:<10} {:>9} inputs, {:>6} MB, in {:>4} s; at most {:>6} kB held of {} kB",
                target.name,
                tally.inputs,
                tally.bytes / 1_000_000,
                began.elapsed().as_secs(),
                tally.peak_bytes / 1000,
                target.memory_bytes_max / 1000
            );
            true
        }
        Err(failure) => {
            let path = folder(target).join(format!("{}.bin", failure.seed));
            let kept = std::fs::create_dir_all(folder(target))
                .and_then(|()| std::fs::write(&path, pack(&failure.input)));
            let place =
                kept.map_or_else(|error| error.to_string(), |()| path.display().to_string());
            println!(
                "{} --seed {}: {}; {place}",
                target.name, failure.seed, failure.why
            );
            false
        }
    }
}
