//! What the run asks of its host and is answered later.
//!
//! Python begins a question by `selvage.ask_tool` or `selvage.ask_sleep` and gets its number. The questions that are new are handed
//! out when the run can't go on, and each is answered once.

use crate::values;
use rustpython_vm::builtins::PyStrRef;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
use selvage_tool::guest::{PendingCall, PendingOp};
use std::cell::RefCell;

thread_local! {
    static QUESTIONS: RefCell<Questions> = const { RefCell::new(Questions::new()) };
}

/// The questions of a run.
struct Questions {
    asked: u32,
    answered: u32,
    new: Vec<PendingCall>,
}

impl Questions {
    const fn new() -> Self {
        Self {
            asked: 0,
            answered: 0,
            new: Vec::new(),
        }
    }
}

fn ask(request: PendingOp) -> u32 {
    QUESTIONS.with_borrow_mut(|questions| {
        questions.asked += 1;
        let id = questions.asked;
        questions.new.push(PendingCall {
            id,
            request,
            body: None,
        });
        id
    })
}

/// The questions that were not handed out yet, and how many have no answer, these included.
pub fn take() -> (Vec<PendingCall>, u32) {
    QUESTIONS.with_borrow_mut(|questions| {
        let waiting = questions.asked - questions.answered;
        (std::mem::take(&mut questions.new), waiting)
    })
}

/// Counts an answer.
pub fn answered() {
    QUESTIONS.with_borrow_mut(|questions| questions.answered += 1);
}

/// Puts the functions that begin a question into the module `selvage`.
///
/// # Errors
/// None but the interpreter's own.
pub fn install(module: &PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    module.set_attr("ask_tool", vm.new_function("ask_tool", ask_tool), vm)?;
    module.set_attr("ask_sleep", vm.new_function("ask_sleep", ask_sleep), vm)
}

/// `selvage.ask_tool(name, input)`.
fn ask_tool(name: PyStrRef, input: PyObjectRef, vm: &VirtualMachine) -> PyResult<u32> {
    let input =
        values::encode(&input, "input", vm).map_err(|error| vm.new_type_error(error.message))?;
    let name = name.to_string_lossy().into_owned();
    Ok(ask(PendingOp::Tool { name, input }))
}

/// `selvage.ask_sleep(ms)`.
fn ask_sleep(ms: f64) -> u32 {
    ask(PendingOp::Sleep { ms })
}
