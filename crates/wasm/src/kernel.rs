//! The kernel Worker's side: the engine, its storage and its timer.

use crate::effects::encode;
use crate::opfs::durable;
use gloo::timers::callback::Timeout;
use js_sys::{Array, Function, Uint8Array};
use selvage_tool::catalogue::{NAMES, StorageMode};
use selvage_tool::document::Document;
use selvage_tool::guest::{Checked, Fetched};
use selvage_tool::run::RunReport;
use selvage_tool::{ErrorCode, ToolError, json};
use selvage_vfs::storage::{MemoryStorage, Storage};
use selvage_vfs::{Origin, OriginKind, Workspace};
use selvage_workbench::{Config, Cx, Effect, Event, Workbench};
use serde_json::Value;
use wasm_bindgen::prelude::{JsCast, JsError, JsValue, wasm_bindgen};
use web_sys::FileSystemSyncAccessHandle;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn random_values(bytes: &mut [u8]);
}

pub(crate) fn random() -> u128 {
    let mut bytes = [0; 16];
    random_values(&mut bytes);
    u128::from_le_bytes(bytes)
}

/// The engine in its Worker. Every method takes an event and gives the effects as an array.
#[wasm_bindgen]
pub struct Kernel {
    pub(crate) workbench: Workbench,
    timer: Option<Timeout>,
    woken: Function,
}

#[wasm_bindgen]
impl Kernel {
    /// Opens the workspace: in the storage files (database, journal, checksums) when there are three, otherwise in memory. `woken`
    /// is called when the engine asked to be told the time.
    ///
    /// # Errors
    /// What storage holds can't be read; the message says why. The files are left as they are.
    #[wasm_bindgen(constructor)]
    pub fn new(
        files: Vec<FileSystemSyncAccessHandle>,
        version: String,
        woken: Function,
    ) -> Result<Kernel, JsError> {
        let (storage, mode): (Box<dyn Storage>, _) = match durable(files)? {
            Some(storage) => (Box::new(storage), StorageMode::Durable),
            None => {
                gloo::console::warn!("Selvage keeps this workspace in memory only.");
                (Box::new(MemoryStorage::new()), StorageMode::Memory)
            }
        };
        let workspace = Workspace::open(storage, random().to_be_bytes())?;
        let config = Config {
            storage: mode,
            version,
            environment: "browser".into(),
            executor: "browser".into(),
        };
        Ok(Self {
            workbench: Workbench::new(workspace, config),
            timer: None,
            woken,
        })
    }

    /// Gives a workspace in which nothing ever happened the starter files.
    ///
    /// # Errors
    /// Storage refused them.
    pub fn begin(&mut self, now_ms: f64) -> Result<Array, JsError> {
        let effects = self.workbench.begin(&mut cx(now_ms, &mut random))?;
        Ok(self.perform(now_ms, effects))
    }

    /// Whether nothing ever happened in the workspace.
    ///
    /// # Errors
    /// Storage could not be read.
    pub fn is_new(&self) -> Result<bool, JsError> {
        Ok(self.workbench.is_new()?)
    }

    /// Takes in what a tab that is gone left in its storage files, and brings those up to date.
    ///
    /// # Errors
    /// What they hold can't be read, or a storage failed. Everything stays as it is.
    pub fn absorb(
        &mut self,
        now_ms: f64,
        files: Vec<FileSystemSyncAccessHandle>,
    ) -> Result<Array, JsError> {
        let Some(storage) = durable(files)? else {
            return Ok(Array::new());
        };
        let mut other = Workspace::open(Box::new(storage), random().to_be_bytes())?;
        let effects = self
            .workbench
            .absorb(&mut cx(now_ms, &mut random), &mut other)?;
        Ok(self.perform(now_ms, effects))
    }

    /// A link to another replica is open; the one that is the initiator speaks first.
    pub fn peer_joined(&mut self, now_ms: f64, peer: u32, initiator: bool) -> Array {
        self.handle(now_ms, Event::PeerJoined { peer, initiator })
    }

    /// Another replica sent a frame.
    pub fn peer_sent(&mut self, now_ms: f64, peer: u32, frame: Vec<u8>) -> Array {
        self.handle(now_ms, Event::PeerSent { peer, frame })
    }

    /// A link is broken.
    pub fn peer_gone(&mut self, now_ms: f64, peer: u32) -> Array {
        self.handle(now_ms, Event::PeerGone { peer })
    }

    /// The person at this device has a name that others know, or none any more.
    pub fn named(&mut self, now_ms: f64, name: Option<String>) -> Array {
        self.handle(now_ms, Event::Named { name })
    }

    /// Somebody calls a tool, with its input as JSON. A value could hold cycles, or nest without end.
    pub fn called(
        &mut self,
        now_ms: f64,
        call: f64,
        agent: Option<String>,
        name: String,
        input: &str,
    ) -> Array {
        let origin = match agent {
            Some(name) => Origin::new(OriginKind::Agent, name),
            None => self.workbench.person(),
        };
        let call = whole(call);
        match serde_json::from_str::<Value>(input) {
            Ok(input) => self.handle(
                now_ms,
                Event::Called {
                    call,
                    origin,
                    name,
                    input,
                },
            ),
            Err(why) => {
                let error = ToolError::new(
                    ErrorCode::InvalidInput,
                    format!("The input is no JSON value: {why}."),
                )
                .hint("Pass plain objects, arrays, strings, numbers, booleans and null.");
                Array::of1(&encode(Effect::Reply {
                    call,
                    result: Err(error),
                }))
            }
        }
    }

    /// Runs run elsewhere from now on, by what the policy calls that.
    pub fn runs_at(&mut self, now_ms: f64, executor: String) -> Array {
        self.handle(now_ms, Event::RunsAt { executor })
    }

    /// A tab that had asked a person is gone, with what it asked about.
    pub fn abandoned(&mut self, now_ms: f64, who: String, what: String, digest: String) -> Array {
        self.handle(now_ms, Event::Abandoned { who, what, digest })
    }

    /// An executor can take a run.
    pub fn runner_ready(&mut self, now_ms: f64, runner: u32, dropped: bool) -> Array {
        self.handle(now_ms, Event::RunnerReady { runner, dropped })
    }

    /// An executor is gone.
    pub fn runner_gone(&mut self, now_ms: f64, runner: u32, reason: String) -> Array {
        self.handle(now_ms, Event::RunnerGone { runner, reason })
    }

    /// What an executor was given waits for a place, or has got one.
    pub fn runner_waits(&mut self, now_ms: f64, runner: u32, waits: bool) -> Array {
        self.handle(now_ms, Event::RunnerWaits { runner, waits })
    }

    /// A run told something: JSON of a report, and the body of a call.
    ///
    /// # Errors
    /// When the report is none.
    pub fn reported(
        &mut self,
        now_ms: f64,
        runner: u32,
        report: &str,
        body: Vec<u8>,
    ) -> Result<Array, JsError> {
        let report: RunReport = json::from_text(report)?;
        Ok(self.handle(
            now_ms,
            Event::Reported {
                runner,
                report,
                body,
            },
        ))
    }

    /// A run is over: JSON of the report, and pairs of hash and bytes.
    ///
    /// # Errors
    /// When the report is none of a run's end.
    pub fn finished(
        &mut self,
        now_ms: f64,
        runner: u32,
        report: &str,
        written: &Array,
    ) -> Result<Array, JsError> {
        let RunReport::Finished { outcome } = json::from_text(report)? else {
            return Err(JsError::new("the report is not that of a run's end"));
        };
        let written = written
            .iter()
            .filter_map(|pair| {
                let pair: Array = pair.dyn_into().ok()?;
                let bytes: Uint8Array = pair.get(1).dyn_into().ok()?;
                Some((pair.get(0).as_string()?, bytes.to_vec()))
            })
            .collect();
        Ok(self.handle(
            now_ms,
            Event::Finished {
                runner,
                outcome,
                written,
            },
        ))
    }

    /// The guest's parser has read a text.
    ///
    /// # Errors
    /// When its answer does not parse.
    pub fn checked(&mut self, now_ms: f64, task: f64, checked: &str) -> Result<Array, JsError> {
        let checked: Checked = json::from_text(checked)?;
        Ok(self.handle(
            now_ms,
            Event::Checked {
                task: whole(task),
                checked,
            },
        ))
    }

    /// A manifest was read: JSON of what its reader made of it.
    ///
    /// # Errors
    /// When that does not parse.
    pub fn read(&mut self, now_ms: f64, task: f64, document: &str) -> Result<Array, JsError> {
        let document = json::from_text(document)?;
        Ok(self.handle(
            now_ms,
            Event::Read {
                task: whole(task),
                document,
            },
        ))
    }

    /// No reader of manifests could be loaded.
    pub fn not_read(&mut self, now_ms: f64, task: f64, why: &str) -> Array {
        let document = Document::unread(why);
        self.handle(
            now_ms,
            Event::Read {
                task: whole(task),
                document,
            },
        )
    }

    /// A fetch is over: JSON of what it gave, or of the error.
    ///
    /// # Errors
    /// When that does not parse.
    pub fn fetched(
        &mut self,
        now_ms: f64,
        task: f64,
        ok: bool,
        result: &str,
        body: Vec<u8>,
    ) -> Result<Array, JsError> {
        let result = if ok {
            Ok(json::from_text::<Fetched>(result)?)
        } else {
            Err(json::from_text::<ToolError>(result)?)
        };
        Ok(self.handle(
            now_ms,
            Event::Fetched {
                task: whole(task),
                result,
                body,
            },
        ))
    }

    /// The workspace is open to be worked in, and no other tab has it.
    pub fn opened(&mut self, now_ms: f64) -> Array {
        self.handle(now_ms, Event::Opened)
    }

    /// The time that the engine asked for has come.
    pub fn woken(&mut self, now_ms: f64) -> Array {
        self.handle(now_ms, Event::Woken)
    }

    /// The names of the tools. Their schemas are a file of the page, which is fetched when somebody asks for it.
    pub fn tools(&self) -> Vec<String> {
        NAMES.iter().map(ToString::to_string).collect()
    }

    pub(crate) fn handle(&mut self, now_ms: f64, event: Event) -> Array {
        let effects = self.workbench.handle(&mut cx(now_ms, &mut random), event);
        self.perform(now_ms, effects)
    }

    /// Sets the timer, and passes on everything else.
    pub(crate) fn perform(&mut self, now_ms: f64, effects: Vec<Effect>) -> Array {
        let out = Array::new();
        for effect in effects {
            match effect {
                Effect::Wake { at_ms } => self.wake(now_ms, at_ms),
                effect => {
                    out.push(&encode(effect));
                }
            }
        }
        out
    }

    fn wake(&mut self, now_ms: f64, at_ms: u64) {
        let wait = at_ms
            .saturating_sub(whole(now_ms))
            .min(u64::from(u32::MAX / 2));
        let woken = self.woken.clone();
        let timer = Timeout::new(u32::try_from(wait).unwrap_or(u32::MAX / 2), move || {
            // A Worker that can't be called back is being closed.
            let _ = woken.call0(&JsValue::NULL);
        });
        // The earlier timer is dropped, and so cancelled.
        self.timer = Some(timer);
    }
}

pub(crate) fn cx(now_ms: f64, random: &mut dyn FnMut() -> u128) -> Cx<'_> {
    Cx {
        now_ms: whole(now_ms),
        random,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float casts to the nearest whole number"
)]
pub(crate) fn whole(number: f64) -> u64 {
    number as u64
}

/// A domain's grant, for the check of where a redirect has led.
#[wasm_bindgen]
pub fn covers_domain(domains: Vec<String>, url: &str) -> bool {
    let grant = selvage_tool::Grant {
        net: domains,
        ..selvage_tool::Grant::default()
    };
    selvage_tool::grant::domain_of(url).is_some_and(|domain| grant.covers_domain(&domain))
}
