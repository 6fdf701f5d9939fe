//! The kernel Worker's side: the engine, its storage and its timer.

use crate::effects::{encode, to_js};
use crate::opfs::OpfsFile;
use gloo::timers::callback::Timeout;
use js_sys::{Array, Function, Uint8Array};
use selvage_tool::catalogue::{StorageMode, tools};
use selvage_tool::guest::{Checked, Fetched};
use selvage_tool::run::RunReport;
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::storage::{JournaledStorage, MemoryStorage, Storage};
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

fn random() -> u128 {
    let mut bytes = [0; 16];
    random_values(&mut bytes);
    u128::from_le_bytes(bytes)
}

/// The engine in its Worker. Every method takes an event and gives the effects as an array.
#[wasm_bindgen]
pub struct Kernel {
    workbench: Workbench,
    timer: Option<Timeout>,
    woken: Function,
}

#[wasm_bindgen]
impl Kernel {
    /// Opens the workspace: in the storage files (database, journal) when there are two, otherwise in memory. `woken`
    /// is called when the engine asked to be told the time.
    ///
    /// # Errors
    /// What storage holds can't be read; the message says why. The files are left as they are.
    #[wasm_bindgen(constructor)]
    pub fn new(
        files: Vec<FileSystemSyncAccessHandle>,
        now_ms: f64,
        version: String,
        woken: Function,
    ) -> Result<Kernel, JsError> {
        let files: Vec<_> = files.into_iter().map(OpfsFile::new).collect();
        let (storage, mode): (Box<dyn Storage>, _) = match <[OpfsFile; 2]>::try_from(files) {
            Ok([database, journal]) => (
                Box::new(JournaledStorage::open(database, journal)?),
                StorageMode::Durable,
            ),
            Err(_) => {
                gloo::console::warn!("Selvage keeps this workspace in memory only.");
                (Box::new(MemoryStorage::new()), StorageMode::Memory)
            }
        };
        let workspace = Workspace::open(storage, random().to_be_bytes())?;
        let config = Config {
            storage: mode,
            version,
        };
        let workbench = Workbench::new(workspace, config, &mut cx(now_ms, &mut random))?;
        Ok(Self {
            workbench,
            timer: None,
            woken,
        })
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
            None => Origin::new(OriginKind::Person, "you"),
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

    /// An executor can take a run.
    pub fn runner_ready(&mut self, now_ms: f64, runner: u32, dropped: bool) -> Array {
        self.handle(now_ms, Event::RunnerReady { runner, dropped })
    }

    /// An executor is gone.
    pub fn runner_gone(&mut self, now_ms: f64, runner: u32, reason: String) -> Array {
        self.handle(now_ms, Event::RunnerGone { runner, reason })
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
        let report: RunReport = serde_json::from_str(report)?;
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
        let RunReport::Finished { outcome } = serde_json::from_str(report)? else {
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
        let checked: Checked = serde_json::from_str(checked)?;
        Ok(self.handle(
            now_ms,
            Event::Checked {
                task: whole(task),
                checked,
            },
        ))
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
            Ok(serde_json::from_str::<Fetched>(result)?)
        } else {
            Err(serde_json::from_str::<ToolError>(result)?)
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

    /// The time that the engine asked for has come.
    pub fn woken(&mut self, now_ms: f64) -> Array {
        self.handle(now_ms, Event::Woken)
    }

    /// The catalogue of tools, with their schemas.
    pub fn tools(&self) -> JsValue {
        to_js(
            &tools()
                .iter()
                .map(selvage_tool::catalogue::Tool::to_json)
                .collect::<Vec<_>>(),
        )
    }

    fn handle(&mut self, now_ms: f64, event: Event) -> Array {
        let effects = self.workbench.handle(&mut cx(now_ms, &mut random), event);
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

fn cx(now_ms: f64, random: &mut dyn FnMut() -> u128) -> Cx<'_> {
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
fn whole(number: f64) -> u64 {
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
