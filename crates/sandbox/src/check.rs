//! A check: a guest reads a text, and runs nothing. It has limits as a run has, and what it may see is nothing.

use crate::sandbox::{Host, Sandbox, SandboxError, Trap};
use selvage_tool::run::Job;
use selvage_tool::{ErrorCode, Limits, ToolError};

/// Units of fuel that a check may use. An ordinary text of a megabyte takes up to 0.6 thousand millions of them; some texts of
/// 100 kB take more than this.
pub const CHECK_FUEL_MAX: u64 = 4_000_000_000;

/// Milliseconds that a check may compute, where a turn of a loop takes long.
pub const CHECK_CPU_MS_MAX: u64 = 30_000;

impl Sandbox {
    /// A world for the check of a text that starts now. It is entered and left as for a run, and asked about fuel; in the end there
    /// is what the guest said, or [`Sandbox::unread`].
    ///
    /// # Errors
    /// Never in practice: a check's job has no globs.
    pub fn check(host: &mut dyn Host) -> Result<Self, SandboxError> {
        let mut job = Job::warm_up();
        job.limits = Limits {
            fuel_max: CHECK_FUEL_MAX,
            cpu_ms_max: CHECK_CPU_MS_MAX,
            ..job.limits
        };
        Self::new(job, "", host)
    }

    /// What is said of a text whose check was stopped, or broke the instance.
    #[must_use]
    pub fn unread(&self, trap: Trap, message: &str) -> ToolError {
        match (self.meter.failure(), trap) {
            (Some(over), _) => ToolError::new(
                over.code,
                format!(
                    "It takes more to read this text than {CHECK_FUEL_MAX} units of fuel, or longer than {CHECK_CPU_MS_MAX} ms."
                ),
            )
            .hint("Split it into smaller files, and its long lines into several."),
            (None, Trap::Memory) => ToolError::new(
                ErrorCode::QuotaMemory,
                format!(
                    "It takes more memory to read this text than the {} bytes that there are for it.",
                    self.job.limits.memory_bytes_max
                ),
            )
            .hint("Split it into smaller files."),
            (None, Trap::Stack) => ToolError::new(
                ErrorCode::QuotaStack,
                "The text nests deeper than the parser can read.",
            ),
            (None, Trap::Other) => ToolError::new(
                ErrorCode::GuestCrashed,
                format!("The parser broke: {message}"),
            )
            .hint("This is a defect of the parser. Write the text in another way."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meter::{FUEL_SLICE, Verdict};
    use selvage_tool::run::RunReport;
    use std::sync::Arc;

    /// A clock that somebody else moves on.
    struct Clock(f64);

    impl Host for Clock {
        fn now_ms(&mut self) -> f64 {
            self.0
        }

        fn wall_ms(&mut self) -> f64 {
            0.0
        }

        fn blob(&mut self, _: &str) -> Option<Arc<[u8]>> {
            None
        }

        fn report(&mut self, report: RunReport) {
            panic!("nobody hears of a check: {report:?}");
        }
    }

    #[test]
    fn a_check_ends_with_the_last_slice_of_its_fuel() {
        let mut host = Clock(0.0);
        let mut sandbox = Sandbox::check(&mut host).expect("a sandbox");
        sandbox.enter(&mut host).expect("a first slice");
        for _ in 1..CHECK_FUEL_MAX / FUEL_SLICE {
            assert!(matches!(sandbox.quota(&mut host), Verdict::Refill(_)));
        }
        assert_eq!(sandbox.quota(&mut host), Verdict::Stop);
        assert_eq!(
            sandbox.unread(Trap::Other, "stopped").code.as_str(),
            "QUOTA_FUEL"
        );
    }

    #[test]
    fn a_check_whose_turns_take_long_ends_by_the_clock() {
        let mut host = Clock(0.0);
        let mut sandbox = Sandbox::check(&mut host).expect("a sandbox");
        sandbox.enter(&mut host).expect("a first slice");
        host.0 = 29_999.0;
        assert_ne!(sandbox.quota(&mut host), Verdict::Stop);
        host.0 = 30_000.0;
        assert_eq!(sandbox.quota(&mut host), Verdict::Stop);
        assert_eq!(
            sandbox.unread(Trap::Other, "stopped").code.as_str(),
            "QUOTA_CPU"
        );
    }

    #[test]
    fn a_text_that_broke_the_parser_is_told_by_how_it_did() {
        let sandbox = Sandbox::check(&mut Clock(0.0)).expect("a sandbox");
        let told = [Trap::Memory, Trap::Stack, Trap::Other]
            .map(|trap| sandbox.unread(trap, "why").code.as_str());
        assert_eq!(told, ["QUOTA_MEMORY", "QUOTA_STACK", "GUEST_CRASHED"]);
    }
}
