//! Limits, what was used of them, and the receipt.
//!
//! Every limit is finite. A limit bounds what its name says and nothing else; what it does *not*
//! cover is said at the field.
//!
//! A caller may be asked about three of them, and grant more: fuel, computing time and time on the clock. They are used up little by
//! little, and the run stands still where it is. The others end the run at once. Memory and stack have broken the interpreter by then.
//! Output, files, host calls and fetches are counted in a call that is answered before the run could wait for anybody.

use crate::error::ErrorCode;
use serde::{Deserialize, Serialize};

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident: $default:expr, $ceiling:expr, $code:ident;)+) => {
        /// What a run may use.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "camelCase", default, deny_unknown_fields)]
        pub struct Limits { $($(#[doc = $doc])+ pub $name: u64,)+ }

        /// Limits that a caller sets; the others keep their defaults.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "camelCase", default, deny_unknown_fields)]
        pub struct LimitsPatch {
            $($(#[doc = $doc])+ #[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<u64>,)+
        }

        impl LimitsPatch {
            /// These limits, and those of another one where they set none.
            #[must_use]
            pub fn or(&self, other: &Self) -> Self {
                Self { $($name: self.$name.or(other.$name)),+ }
            }

            /// The lower of each limit that either sets.
            #[must_use]
            pub fn lowest(&self, other: &Self) -> Self {
                Self { $($name: self.$name.into_iter().chain(other.$name).min()),+ }
            }

            /// Those that are set here, none of them above what a rule sets.
            #[must_use]
            pub fn held_to(&self, rule: &Self) -> Self {
                Self { $($name: self.$name.map(|limit| rule.$name.map_or(limit, |most| limit.min(most)))),+ }
            }
        }

        impl Default for Limits {
            fn default() -> Self { Self { $($name: $default),+ } }
        }

        impl Limits {
            /// The most that any caller can ask for.
            pub const CEILING: Limits = Limits { $($name: $ceiling),+ };

            /// These limits with what a caller set, held at the ceiling.
            #[must_use]
            pub fn patched(&self, patch: &LimitsPatch) -> Self {
                Self { $($name: patch.$name.unwrap_or(self.$name).min(Self::CEILING.$name)),+ }
            }

            /// These limits, none of them above what a rule sets.
            #[must_use]
            pub fn held_to(&self, rule: &LimitsPatch) -> Self {
                Self { $($name: rule.$name.map_or(self.$name, |most| self.$name.min(most))),+ }
            }

            /// Name, default, ceiling, error code and meaning of every limit.
            #[must_use]
            pub fn table() -> Vec<(&'static str, u64, u64, ErrorCode, &'static str)> {
                vec![$((stringify!($name), $default, $ceiling, ErrorCode::$code, concat!($($doc),+))),+]
            }
        }
    };
}

const MIB: u64 = 1024 * 1024;

limits! {
    /// Units of work: one for each turn of any loop in the interpreter. The same program, files, arguments and seed use the same fuel everywhere. Bulk memory operations count as one unit.
    fuel_max: 2_000_000_000, 1_000_000_000_000, QuotaFuel;
    /// Milliseconds of computing; waiting for a host call does not count.
    cpu_ms_max: 10_000, 3_600_000, QuotaCpu;
    /// Milliseconds on the clock, from start to end, waiting included.
    wall_ms_max: 60_000, 86_400_000, QuotaWall;
    /// Bytes of the interpreter's whole memory, its own data included. The host enforces it as the memory's maximum, in pages of 64 KiB.
    memory_bytes_max: 128 * MIB, 1024 * MIB, QuotaMemory;
    /// Nested calls of the flow's functions.
    stack_calls_max: 400, 400, QuotaStack;
    /// Bytes of log text and of the result together.
    output_bytes_max: 4 * MIB, 64 * MIB, QuotaOutput;
    /// Files and folders that are written, moved or removed.
    files_max: 1_000, 100_000, QuotaFiles;
    /// Bytes written into files. Writing the same file twice counts twice.
    written_bytes_max: 64 * MIB, 512 * MIB, QuotaFiles;
    /// Calls to the host: file operations, logs, timers, fetches, tools.
    calls_max: 100_000, 10_000_000, QuotaCalls;
    /// Fetches. One that is redirected counts once.
    fetches_max: 50, 10_000, QuotaFetches;
    /// Bytes of a single fetched body. A larger one fails that fetch, and not the run.
    fetch_bytes_max: 16 * MIB, 256 * MIB, QuotaFetches;
}

/// What a run used: its receipt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Usage {
    /// Units of work. Equal for equal runs on every executor.
    pub fuel: u64,
    /// Milliseconds of computing.
    pub cpu_ms: f64,
    /// Milliseconds on the clock.
    pub wall_ms: f64,
    /// The most bytes that the interpreter's memory held.
    pub memory_bytes: u64,
    /// Bytes of log text and of the result.
    pub output_bytes: u64,
    /// Files and folders written, moved or removed.
    pub files: u64,
    /// Bytes written into files.
    pub written_bytes: u64,
    /// Calls to the host.
    pub calls: u64,
    /// Fetches.
    pub fetches: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_can_lower_a_limit_and_not_lift_it_over_the_ceiling() {
        let patch = LimitsPatch {
            cpu_ms_max: Some(5),
            fuel_max: Some(u64::MAX),
            ..LimitsPatch::default()
        };
        let limits = Limits::default().patched(&patch);
        assert_eq!(limits.cpu_ms_max, 5);
        assert_eq!(limits.fuel_max, Limits::CEILING.fuel_max);
        assert_eq!(limits.wall_ms_max, Limits::default().wall_ms_max);
    }

    #[test]
    fn every_default_is_finite_and_under_its_ceiling() {
        for (name, default, ceiling, _, _) in Limits::table() {
            assert!(
                default > 0 && default <= ceiling && ceiling < u64::MAX,
                "{name}"
            );
        }
    }
}
