//! Limits and usage: every count of a run, and the verdict when one goes over.

use selvage_tool::{ErrorCode, Limits, ToolError, ToolResult, Usage};

/// How many units of fuel a guest gets at a time. Smaller means that a deadline is seen sooner,
/// larger that the check costs less: 10,000 turns of a loop are about 0.2 ms.
pub const FUEL_SLICE: u64 = 10_000;

/// For how long a guest computes before its Worker looks at its messages, in milliseconds.
const YIELD_MS: f64 = 4.0;

/// What the guest may do when its slice of fuel is used up.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Go on with so much fuel.
    Refill(u64),
    /// Go on with so much fuel, after looking at what has come in meanwhile.
    Yield(u64),
    /// Ask whether more is granted: the limit's name, what was used, and the error that ends the run otherwise.
    Ask(&'static str, u64, ToolError),
    /// Stop at once.
    Stop,
}

/// What was asked about a quota last.
#[derive(Debug)]
struct Question {
    /// The error that ends the run if nobody grants more.
    error: ToolError,
    /// Whether the guest stood in a computation, and not in a wait.
    computes: bool,
}

/// A quota that is used up: its limit's name, what was used, and the error that ends the run.
type Exhausted = (&'static str, u64, ToolError);

/// The counts of one run.
#[derive(Debug)]
pub struct Meter {
    limits: Limits,
    usage: Usage,
    ask: bool,
    started_ms: f64,
    /// When the guest was entered last, while it runs.
    entered_ms: Option<f64>,
    yielded_ms: f64,
    /// Since when the run's clock stands still, while it does.
    held_ms: Option<f64>,
    /// Fuel handed out so far; what was used is this less what the guest has left.
    handed_out: u64,
    asked: Option<Question>,
    failure: Option<ToolError>,
}

impl Meter {
    /// A meter for a run that starts now.
    #[must_use]
    pub fn new(limits: Limits, ask: bool, now_ms: f64) -> Self {
        Self {
            limits,
            usage: Usage::default(),
            ask,
            started_ms: now_ms,
            entered_ms: None,
            yielded_ms: now_ms,
            held_ms: None,
            handed_out: 0,
            asked: None,
            failure: None,
        }
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Replaces the limits, when a caller granted more.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Why the run must end, once it must.
    #[must_use]
    pub fn failure(&self) -> Option<&ToolError> {
        self.failure.as_ref()
    }

    /// Ends the run with an error; the first one stays.
    pub fn fail(&mut self, error: ToolError) {
        self.failure.get_or_insert(error);
    }

    /// The receipt.
    #[must_use]
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// The first slice of fuel.
    pub fn first_slice(&mut self) -> u64 {
        self.hand_out()
    }

    /// The guest starts to compute.
    pub fn enter(&mut self, now_ms: f64) {
        self.entered_ms = Some(now_ms);
        self.yielded_ms = now_ms;
    }

    /// The guest has stopped computing, with so much fuel left and so much memory.
    pub fn leave(&mut self, now_ms: f64, fuel_left: i64, memory_bytes: u64) {
        if let Some(entered) = self.entered_ms.take() {
            self.usage.cpu_ms += (now_ms - entered).max(0.0);
        }
        self.settle_clock(now_ms);
        self.usage.fuel = self
            .handed_out
            .saturating_sub(u64::try_from(fuel_left.saturating_add(1)).unwrap_or(0));
        self.usage.memory_bytes = self.usage.memory_bytes.max(memory_bytes);
    }

    /// The slice is used up: decides whether the guest goes on.
    pub fn slice_ended(&mut self, now_ms: f64) -> Verdict {
        if self.failure.is_some() {
            return Verdict::Stop;
        }
        if let Some(exhausted) = self.exhausted(now_ms) {
            return self.ask_or_stop(exhausted, true);
        }
        let slice = self.hand_out();
        if now_ms - self.yielded_ms >= YIELD_MS {
            self.yielded_ms = now_ms;
            return Verdict::Yield(slice);
        }
        Verdict::Refill(slice)
    }

    /// A run that waits has taken all of its time on the clock: asks whether it may wait on, or stops.
    pub fn wait_ended(&mut self, now_ms: f64) -> Verdict {
        self.ask_or_stop(self.late(now_ms), false)
    }

    fn ask_or_stop(&mut self, (limit, used, error): Exhausted, computes: bool) -> Verdict {
        if !self.ask || self.failure.is_some() {
            self.fail(error);
            return Verdict::Stop;
        }
        self.asked = Some(Question {
            error: error.clone(),
            computes,
        });
        Verdict::Ask(limit, used, error)
    }

    /// Looks at the clock between two slices. A run that may ask is asked for when its slice ends.
    pub fn look(&mut self, now_ms: f64) {
        if !self.ask
            && let Some((_, _, error)) = self.exhausted(now_ms)
        {
            self.fail(error);
        }
    }

    /// Nobody granted more: the run ends with the error that was asked about.
    pub fn refused(&mut self) {
        if let Some(question) = self.asked.take() {
            self.fail(question.error);
        }
    }

    /// Brings the time on the clock up to date, for a run that ends while it waits.
    pub fn settle_clock(&mut self, now_ms: f64) {
        self.usage.wall_ms = self.on_clock(now_ms).max(0.0);
    }

    /// Has the run's clock stand still, or go on. What the guest computes meanwhile counts all the same.
    pub fn hold(&mut self, held: bool, now_ms: f64) {
        if held {
            self.held_ms.get_or_insert(now_ms);
        } else if let Some(since_ms) = self.held_ms.take() {
            self.started_ms += (now_ms - since_ms).max(0.0);
        }
    }

    /// The time that the run has taken on its clock.
    fn on_clock(&self, now_ms: f64) -> f64 {
        self.held_ms.unwrap_or(now_ms) - self.started_ms
    }

    /// The time in which the guest waited for an answer about a quota is no time of its own. Of a wait that was asked about, all is
    /// taken from its computing when it is over ([`Meter::slept`]).
    pub fn waited(&mut self, since_ms: f64, now_ms: f64) {
        let waited = (now_ms - since_ms).max(0.0);
        // While the clock stood still already, it took no time.
        let until_ms = self.held_ms.unwrap_or(now_ms);
        self.started_ms += (until_ms - since_ms).max(0.0);
        let computes = self.asked.as_ref().is_some_and(|asked| asked.computes);
        if let Some(entered) = self.entered_ms.as_mut().filter(|_| computes) {
            *entered += waited;
        }
        self.yielded_ms = now_ms;
    }

    /// The time in which the guest slept is time on the clock, and no computing.
    pub fn slept(&mut self, since_ms: f64, now_ms: f64) {
        if let Some(entered) = &mut self.entered_ms {
            *entered += (now_ms - since_ms).max(0.0);
        }
        self.yielded_ms = now_ms;
        self.look(now_ms);
    }

    /// How long the run may still take on the clock, in milliseconds; for ever while that stands still.
    #[must_use]
    pub fn wall_left_ms(&self, now_ms: f64) -> f64 {
        match self.held_ms {
            Some(_) => f64::INFINITY,
            None => as_ms(self.limits.wall_ms_max) - self.on_clock(now_ms),
        }
    }

    /// Counts a host call.
    ///
    /// # Errors
    /// [`ErrorCode::QuotaCalls`], or why the run must end already.
    pub fn count_call(&mut self) -> ToolResult<()> {
        // A run that must end does nothing more, however long it takes to notice.
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        self.usage.calls += 1;
        let error = (self.usage.calls > self.limits.calls_max).then(|| {
            over(
                ErrorCode::QuotaCalls,
                "callsMax",
                self.limits.calls_max,
                "host calls",
            )
        });
        self.settle(error)
    }

    /// Counts output.
    ///
    /// # Errors
    /// [`ErrorCode::QuotaOutput`].
    pub fn count_output(&mut self, bytes: usize) -> ToolResult<()> {
        self.usage.output_bytes += bytes as u64;
        let error = (self.usage.output_bytes > self.limits.output_bytes_max).then(|| {
            over(
                ErrorCode::QuotaOutput,
                "outputBytesMax",
                self.limits.output_bytes_max,
                "bytes of output",
            )
        });
        self.settle(error)
    }

    /// Counts a change of a file, and the bytes written into it.
    ///
    /// # Errors
    /// [`ErrorCode::QuotaFiles`].
    pub fn count_write(&mut self, files: u64, bytes: usize) -> ToolResult<()> {
        self.usage.files += files;
        self.usage.written_bytes += bytes as u64;
        let error = if self.usage.files > self.limits.files_max {
            Some(over(
                ErrorCode::QuotaFiles,
                "filesMax",
                self.limits.files_max,
                "changes of files",
            ))
        } else if self.usage.written_bytes > self.limits.written_bytes_max {
            Some(over(
                ErrorCode::QuotaFiles,
                "writtenBytesMax",
                self.limits.written_bytes_max,
                "bytes written",
            ))
        } else {
            None
        };
        self.settle(error)
    }

    /// Counts a fetch.
    ///
    /// # Errors
    /// [`ErrorCode::QuotaFetches`].
    pub fn count_fetch(&mut self) -> ToolResult<()> {
        self.usage.fetches += 1;
        let error = (self.usage.fetches > self.limits.fetches_max).then(|| {
            over(
                ErrorCode::QuotaFetches,
                "fetchesMax",
                self.limits.fetches_max,
                "fetches",
            )
        });
        self.settle(error)
    }

    /// A quota that is gone over ends the run: the guest sees the error, and can't go on after it.
    fn settle(&mut self, error: Option<ToolError>) -> ToolResult<()> {
        match error {
            None => Ok(()),
            Some(error) => {
                self.fail(error.clone());
                Err(error)
            }
        }
    }

    fn exhausted(&self, now_ms: f64) -> Option<Exhausted> {
        let limits = &self.limits;
        let cpu_ms = self.usage.cpu_ms + self.entered_ms.map_or(0.0, |entered| now_ms - entered);
        let row = |limit, used, code, max, what| Some((limit, used, over(code, limit, max, what)));
        if self.handed_out >= limits.fuel_max {
            row(
                "fuelMax",
                self.handed_out,
                ErrorCode::QuotaFuel,
                limits.fuel_max,
                "units of fuel",
            )
        } else if cpu_ms >= as_ms(limits.cpu_ms_max) {
            row(
                "cpuMsMax",
                whole(cpu_ms),
                ErrorCode::QuotaCpu,
                limits.cpu_ms_max,
                "milliseconds of computing",
            )
        } else if self.on_clock(now_ms) >= as_ms(limits.wall_ms_max) {
            Some(self.late(now_ms))
        } else {
            None
        }
    }

    /// What a run says that has taken all of its time on the clock.
    fn late(&self, now_ms: f64) -> Exhausted {
        let (limit, max) = ("wallMsMax", self.limits.wall_ms_max);
        // A timer may ring early by a part of a millisecond.
        let used = whole(self.on_clock(now_ms)).max(max);
        let what = "milliseconds on the clock";
        (limit, used, over(ErrorCode::QuotaWall, limit, max, what))
    }

    /// Gives the next slice as the value of the guest's counter. The turn that takes the counter
    /// below zero is one of the slice's own.
    fn hand_out(&mut self) -> u64 {
        let slice = FUEL_SLICE.min(self.limits.fuel_max.saturating_sub(self.handed_out));
        self.handed_out += slice;
        slice.saturating_sub(1)
    }
}

fn over(code: ErrorCode, limit: &str, max: u64, what: &str) -> ToolError {
    ToolError::new(code, format!("The run used up its {max} {what}.")).hint(format!(
        "Make the flow do less, or run it with `limits: {{ {limit}: … }}` above {max}."
    ))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "limits of time are far below 2^53 ms"
)]
fn as_ms(limit: u64) -> f64 {
    limit as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a span of time is not negative"
)]
fn whole(ms: f64) -> u64 {
    ms as u64
}

#[cfg(test)]
mod tests;
