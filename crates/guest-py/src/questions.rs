//! What the run asks of its host and is answered later.
//!
//! Python begins a question by `selvage.ask_tool`, `selvage.ask_fetch` or `selvage.ask_sleep` and gets its number. The questions that
//! are new are handed out when the run can't go on, and each is answered once.

use crate::{fetch, values};
use rustpython_vm::builtins::{PyBytesRef, PyStrRef};
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
use selvage_tool::guest::{PendingCall, PendingOp};
use std::cell::RefCell;
use std::collections::BTreeSet;

thread_local! {
    static QUESTIONS: RefCell<Questions> = const { RefCell::new(Questions::new()) };
}

/// The questions of a run.
struct Questions {
    asked: u32,
    answered: u32,
    new: Vec<PendingCall>,
    /// The bodies of the new ones.
    bodies: Vec<u8>,
    /// The numbers of fetches that have no answer.
    fetches: BTreeSet<u32>,
}

impl Questions {
    const fn new() -> Self {
        Self {
            asked: 0,
            answered: 0,
            new: Vec::new(),
            bodies: Vec::new(),
            fetches: BTreeSet::new(),
        }
    }
}

fn ask(request: PendingOp, body: &[u8]) -> u32 {
    QUESTIONS.with_borrow_mut(|questions| {
        questions.asked += 1;
        let id = questions.asked;
        if matches!(request, PendingOp::Fetch { .. }) {
            questions.fetches.insert(id);
        }
        let body = (!body.is_empty()).then(|| {
            let start = questions.bodies.len();
            questions.bodies.extend_from_slice(body);
            (start, body.len())
        });
        questions.new.push(PendingCall { id, request, body });
        id
    })
}

/// The questions that were not handed out yet, their bodies, and how many have no answer, these included.
pub fn take() -> (Vec<PendingCall>, Vec<u8>, u32) {
    QUESTIONS.with_borrow_mut(|questions| {
        let waiting = questions.asked - questions.answered;
        let bodies = std::mem::take(&mut questions.bodies);
        (std::mem::take(&mut questions.new), bodies, waiting)
    })
}

/// Counts an answer. Tells whether it is that to a fetch.
pub fn answered(id: u32) -> bool {
    QUESTIONS.with_borrow_mut(|questions| {
        questions.answered += 1;
        questions.fetches.remove(&id)
    })
}

/// Puts the functions that begin a question into the module `selvage`.
///
/// # Errors
/// None but the interpreter's own.
pub fn install(module: &PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    module.set_attr("ask_tool", vm.new_function("ask_tool", ask_tool), vm)?;
    module.set_attr("ask_fetch", vm.new_function("ask_fetch", ask_fetch), vm)?;
    module.set_attr("ask_sleep", vm.new_function("ask_sleep", ask_sleep), vm)
}

/// `selvage.ask_tool(name, input)`.
fn ask_tool(name: PyStrRef, input: PyObjectRef, vm: &VirtualMachine) -> PyResult<u32> {
    let input =
        values::encode(&input, "input", vm).map_err(|error| vm.new_type_error(error.message))?;
    let name = name.to_string_lossy().into_owned();
    Ok(ask(PendingOp::Tool { name, input }, &[]))
}

/// `selvage.ask_fetch(method, url, headers, body)`.
fn ask_fetch(
    method: PyStrRef,
    url: PyStrRef,
    headers: PyObjectRef,
    body: PyBytesRef,
    vm: &VirtualMachine,
) -> PyResult<u32> {
    let request = fetch::request(&method, &url, &headers, vm)?;
    Ok(ask(request, body.as_bytes()))
}

/// `selvage.ask_sleep(ms)`.
fn ask_sleep(ms: f64) -> u32 {
    ask(PendingOp::Sleep { ms }, &[])
}
