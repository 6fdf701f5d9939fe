//! `selvage.fetch`: a request through the domains that the run is granted, for which the program waits where it stands.

use rustpython_vm::builtins::{PyBytesRef, PyStrRef};
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
use selvage_guest::abi;
use selvage_tool::ToolError;
use selvage_tool::guest::{Fetched, PendingCall, PendingOp};
use std::cell::Cell;

/// The first number of these calls; those that are answered between two turns of a loop have smaller ones.
const FIRST: u32 = 1 << 31;

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(FIRST) };
}

/// `selvage.fetch(method, url, headers, body)` gives `(None, status, status_text, url, headers, bytes)`, or
/// `((code, message, hint),)` where the host refused or nobody answered.
pub fn fetch(
    method: PyStrRef,
    url: PyStrRef,
    headers: PyObjectRef,
    body: PyBytesRef,
    vm: &VirtualMachine,
) -> PyResult {
    let text = |text: &str| -> PyObjectRef { vm.ctx.new_str(text).into() };
    let pairs = vm.extract_elements_with(&headers, |pair| {
        let pair: Vec<PyObjectRef> = vm.extract_elements_with(&pair, Ok)?;
        match pair.as_slice() {
            [name, value] => Ok((name.str(vm)?.to_string(), value.str(vm)?.to_string())),
            _ => Err(vm.new_type_error("a header is a name and a value")),
        }
    })?;
    let length = body.as_bytes().len();
    let id = NEXT.get();
    NEXT.set(id.wrapping_add(1));
    let request = PendingCall {
        id,
        request: PendingOp::Fetch {
            url: url.to_string_lossy().into_owned(),
            method: method.to_string_lossy().into_owned(),
            headers: pairs,
        },
        body: (length > 0).then_some((0, length)),
    };
    let answer =
        abi::ask(&request, body.as_bytes()).and_then(|(answer, body)| Ok((fetched(answer)?, body)));
    let parts = match answer {
        Err(error) => {
            let hint = error.hint.as_deref().map_or(vm.ctx.none(), text);
            let code = text(error.code.as_str());
            let said = vec![code, text(&error.message), hint];
            crate::world::refuse(error);
            vec![vm.ctx.new_tuple(said).into()]
        }
        Ok((fetched, body)) => {
            let headers = fetched
                .headers
                .iter()
                .map(|(name, value)| vm.ctx.new_tuple(vec![text(name), text(value)]).into());
            vec![
                vm.ctx.none(),
                vm.ctx.new_int(fetched.status).into(),
                text(&fetched.status_text),
                text(&fetched.url),
                vm.ctx.new_list(headers.collect()).into(),
                vm.ctx.new_bytes(body).into(),
            ]
        }
    };
    Ok(vm.ctx.new_tuple(parts).into())
}

fn fetched(answer: serde_json::Value) -> Result<Fetched, ToolError> {
    serde_json::from_value(answer).map_err(|error| {
        let code = selvage_tool::ErrorCode::Internal;
        ToolError::new(
            code,
            format!("the answer to a fetch can't be read: {error}"),
        )
    })
}
