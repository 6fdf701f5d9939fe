//! Runs histories by their seeds. Every core takes a share; `SELVAGE_SEEDS` says how many, and `SELVAGE_SEED` from where on.

use std::ops::AddAssign;

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs this says how many seeds, and which"
)]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs `count` seeds unless told otherwise; gives how many there were, and the sum of what they did. A failing seed is printed.
#[expect(
    clippy::disallowed_methods,
    reason = "each history runs on one thread; the engine in it has none"
)]
pub fn run_all<Counts>(count: u64, run: fn(u64) -> Counts) -> (usize, Counts)
where
    Counts: Default + AddAssign + Send,
{
    let from = number("SELVAGE_SEED").unwrap_or(0);
    let seeds = from..from + number("SELVAGE_SEEDS").unwrap_or(count);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut sum = Counts::default();
    std::thread::scope(|scope| {
        let shares: Vec<_> = (0..cores)
            .map(|core| seeds.clone().skip(core).step_by(cores))
            .map(|share| scope.spawn(move || sum_of(share, run)))
            .collect();
        for share in shares {
            match share.join() {
                Ok(counts) => sum += counts,
                Err(why) => std::panic::resume_unwind(why),
            }
        }
    });
    ((seeds.end - seeds.start) as usize, sum)
}

/// Runs these seeds, and sums up what they did.
fn sum_of<Counts: Default + AddAssign>(
    seeds: impl Iterator<Item = u64>,
    run: fn(u64) -> Counts,
) -> Counts {
    let mut sum = Counts::default();
    for seed in seeds {
        let done = std::panic::catch_unwind(|| run(seed));
        sum += done.unwrap_or_else(|_| panic!("SELVAGE_SEED={seed} SELVAGE_SEEDS=1 fails"));
    }
    sum
}
