//! A run from its job to its outcome.

use crate::api;
use crate::entry;
use crate::executor::Executor;
use crate::failure;
use crate::gate;
use crate::loader::Loader;
use crate::state::{AnswerKind, State, Waiting};
use crate::values;
use boa_engine::builtins::promise::{OperationType, PromiseState};
use boa_engine::context::{ContextBuilder, HostHooks};
use boa_engine::job::JobExecutor;
use boa_engine::object::JsObject;
use boa_engine::object::builtins::{JsArray, JsPromise};
use boa_engine::optimizer::OptimizerOptions;
use boa_engine::realm::Realm;
use boa_engine::{
    Context, JsError, JsResult, JsString, JsValue, Module, Script, Source, js_string,
};
use selvage_guest::{Host, Interpreter, Step, admit, finished, nothing_to_resume};
use selvage_tool::guest::{Answer, Check, Checked, Fetched, GuestJob, Progress, Resume};
use selvage_tool::{ErrorCode, ToolError};
use std::path::Path;
use std::rc::Rc;

/// The most bytes of one `ArrayBuffer`. The memory that a run may have is the host's to limit.
pub const BUFFER_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The most values on the engine's stack; a spread argument takes one each.
pub const STACK_VALUES_MAX: usize = 256 * 1024;

/// An interpreter that runs one job.
pub struct Guest {
    context: Context,
    state: Rc<State>,
    executor: Rc<Executor>,
    loader: Rc<Loader>,
    main: Option<JsPromise>,
    started: bool,
}

struct Hooks(Rc<State>);

impl HostHooks for Hooks {
    fn ensure_can_compile_strings(
        &self,
        _: Realm,
        _: &[JsString],
        _: &JsString,
        _: bool,
        _: &mut Context,
    ) -> JsResult<()> {
        Err(api::code::refused())
    }

    fn promise_rejection_tracker(
        &self,
        promise: &JsObject<boa_engine::builtins::promise::Promise>,
        operation: OperationType,
        _: &mut Context,
    ) {
        let promise = promise.clone().upcast();
        match operation {
            OperationType::Reject => self.0.rejected(promise),
            OperationType::Handle => self.0.handled(&promise),
        }
    }

    fn max_buffer_size(&self, _: &mut Context) -> u64 {
        BUFFER_BYTES_MAX
    }

    fn local_timezone_offset_seconds(&self, _: i64) -> i32 {
        0
    }
}

impl Interpreter for Guest {
    const DEEP_PANIC: Option<&'static str> = Some("RuntimeLimit");

    /// Builds whatever every run needs.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] when the engine can't be built.
    fn new(host: Rc<dyn Host>) -> Result<Self, ToolError> {
        let state = Rc::new(State::new(host));
        let executor = Rc::new(Executor::default());
        let loader = Rc::new(Loader::new(state.clone()));
        let context = ContextBuilder::new()
            .host_hooks(Rc::new(Hooks(state.clone())))
            .job_executor(executor.clone())
            .module_loader(loader.clone())
            .can_block(false)
            .build()
            .and_then(|mut context| {
                context.insert_data(state.clone());
                // Folding constants takes longer than it saves in a program that runs once.
                context.set_optimizer_options(OptimizerOptions::empty());
                let limits = context.runtime_limits_mut();
                limits.disable_loop_iteration_limit();
                limits.set_stack_size_limit(STACK_VALUES_MAX);
                limits.set_backtrace_limit(failure::FRAMES_MAX);
                api::install(&mut context)?;
                Ok(context)
            })
            .map_err(|error| {
                ToolError::new(
                    ErrorCode::Internal,
                    format!("the engine can't be built: {error}"),
                )
            })?;
        Ok(Self {
            context,
            state,
            executor,
            loader,
            main: None,
            started: false,
        })
    }

    /// Begins the job and runs it until it waits or is done.
    fn start(&mut self, job: &GuestJob) -> Step {
        if let Err(error) = admit(job, &mut self.started) {
            return finished(Err(error));
        }
        match self.begin(job) {
            Ok(main) => {
                self.main = Some(main);
                self.go_on()
            }
            Err(error) => finished(Err(error)),
        }
    }

    /// Takes an answer and runs on until the run waits again or is done.
    fn resume(&mut self, resume: Resume, body: &[u8]) -> Step {
        if self.main.is_none() {
            return nothing_to_resume();
        }
        match self.answer(resume, body) {
            Ok(()) => self.go_on(),
            Err(error) => {
                let failure = failure::from_error(error, &mut self.context);
                self.finish(Err(failure))
            }
        }
    }

    /// Parses a text and runs nothing.
    fn check(&mut self, check: &Check, source: &[u8]) -> Checked {
        Checked::of(self.parse(check, source).err())
    }
}

impl Guest {
    fn parse(&mut self, check: &Check, source: &[u8]) -> Result<(), ToolError> {
        let text = std::str::from_utf8(source).map_err(|_| {
            ToolError::new(
                ErrorCode::NotText,
                format!("{} is not text in UTF-8", check.path),
            )
            .path(&check.path)
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let prepared = gate::check(&check.path, text)?.prepared(text);
        let source = Source::from_bytes(prepared.as_bytes()).with_path(Path::new(&check.path));
        let parsed = if check.module {
            Module::parse(source, None, &mut self.context).map(|_| ())
        } else {
            Script::parse(source, None, &mut self.context).map(|_| ())
        };
        parsed.map_err(|error| {
            failure::from_parser(&check.path, &failure::parser_words(&error), text)
        })
    }

    fn begin(&mut self, job: &GuestJob) -> Result<JsPromise, ToolError> {
        let context = &mut self.context;
        let calls = usize::try_from(job.stack_calls_max).unwrap_or(usize::MAX);
        context.runtime_limits_mut().set_recursion_limit(calls);
        let flow = context.global_object().get(js_string!("flow"), context);
        let flow = flow.ok().and_then(|flow| flow.as_object());
        let flow =
            flow.ok_or_else(|| ToolError::new(ErrorCode::Internal, "the flow object is missing"))?;
        api::flow::begin(&flow, job, context).map_err(|error| {
            let why = failure::from_error(error, context).message;
            ToolError::new(
                ErrorCode::InvalidInput,
                format!("the arguments can't be read: {why}"),
            )
        })?;
        if job.module {
            let module = self.loader.entry(&job.entry, context)?;
            entry::run_module(&module, &flow, job.shape, context)
        } else {
            entry::run_script(job, &flow, &self.state, context)
        }
        .map_err(|error| failure::from_error(error, &mut self.context))
    }

    fn answer(&mut self, resume: Resume, body: &[u8]) -> JsResult<()> {
        let context = &mut self.context;
        match self.state.answered(resume.id) {
            None => Ok(()),
            Some(Waiting::Timer(timer)) => {
                if let Answer::Error(error) = resume.answer {
                    return Err(failure::thrown(error, context));
                }
                timer
                    .callback
                    .call(&JsValue::undefined(), &timer.arguments, context)?;
                if timer.repeats && self.state.has_timer(timer.handle) {
                    self.state.arm(timer);
                } else {
                    self.state.clear_timer(timer.handle);
                }
                Ok(())
            }
            Some(Waiting::Promise {
                kind,
                resolving,
                site,
            }) => {
                let value = match resume.answer {
                    Answer::Ok(value) => received(kind, value, body, context),
                    Answer::Error(error) => failure::mark(&site, error, context)
                        .and(Err(JsError::from_opaque(site.into()))),
                };
                let (settle, value) = match value {
                    Ok(value) => (resolving.resolve, value),
                    Err(error) => (resolving.reject, error.into_opaque(context)?),
                };
                settle
                    .call(&JsValue::undefined(), &[value], context)
                    .map(|_| ())
            }
        }
    }

    fn go_on(&mut self) -> Step {
        if let Err(error) = self.executor.clone().run_jobs(&mut self.context) {
            let failure = failure::from_error(error, &mut self.context);
            return self.finish(Err(failure));
        }
        let state = self
            .main
            .as_ref()
            .map_or(PromiseState::Pending, JsPromise::state);
        if let PromiseState::Rejected(reason) = &state {
            let failure = failure::from_value(reason, "", &mut self.context);
            return self.finish(Err(failure));
        }
        if let Some(promise) = self.state.unhandled() {
            let failure = unhandled(promise, &mut self.context);
            return self.finish(Err(failure));
        }
        let waiting = self.state.waiting();
        match state {
            PromiseState::Fulfilled(value) if waiting == 0 => {
                let encoded = values::encode(&value, &mut self.context);
                self.finish(encoded)
            }
            _ if waiting > 0 => {
                let (calls, bodies) = self.state.take_unsent();
                (Progress::Yielded { calls, waiting }, bodies)
            }
            _ => {
                let message = "the flow waits for a promise that nothing can settle any more";
                let hint = "Look for a promise whose resolve or reject is never called, or an await of itself.";
                self.finish(Err(ToolError::new(ErrorCode::Stalled, message).hint(hint)))
            }
        }
    }

    fn finish(&mut self, result: Result<serde_json::Value, ToolError>) -> Step {
        self.main = None;
        finished(result)
    }
}

fn received(
    kind: AnswerKind,
    value: serde_json::Value,
    body: &[u8],
    context: &mut Context,
) -> JsResult<JsValue> {
    match kind {
        AnswerKind::Tool => values::decode(&value, context),
        AnswerKind::Fetch => {
            let fetched: Fetched = serde_json::from_value(value).map_err(|error| {
                api::type_error(format!("the host's answer can't be read: {error}"))
            })?;
            let headers: Vec<JsValue> = fetched
                .headers
                .iter()
                .map(|(name, value)| {
                    let pair = [
                        js_string!(name.as_str()).into(),
                        js_string!(value.as_str()).into(),
                    ];
                    JsArray::from_iter(pair, context).into()
                })
                .collect();
            let headers = JsArray::from_iter(headers, context);
            let body = api::bytes::uint8_array(body, context)?;
            let parts = [
                js_string!(fetched.url).into(),
                fetched.status.into(),
                js_string!(fetched.status_text).into(),
                headers.into(),
                fetched.redirected.into(),
                body,
            ];
            Ok(JsArray::from_iter(parts, context).into())
        }
    }
}

fn unhandled(promise: JsObject, context: &mut Context) -> ToolError {
    let reason = match JsPromise::from_object(promise).map(|promise| promise.state()) {
        Ok(PromiseState::Rejected(reason)) => reason,
        _ => JsValue::undefined(),
    };
    let failure = failure::from_value(&reason, "", context);
    if failure.hint.is_some() {
        failure
    } else {
        failure.hint("A promise was rejected and nobody awaited it: put await before the call, or add .catch.")
    }
}
