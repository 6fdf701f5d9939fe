//! A request through the domains that the run is granted: asked of the host, or by `selvage.fetch`, for which the program waits where
//! it stands.

use rustpython_vm::builtins::PyStrRef;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
use selvage_tool::guest::PendingOp;

/// A request, whose headers are pairs of a name and a value.
///
/// # Errors
/// A `TypeError` for headers that are something else.
pub fn request(
    method: &PyStrRef,
    url: &PyStrRef,
    headers: &PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<PendingOp> {
    let headers = vm.extract_elements_with(headers, |pair| {
        let pair: Vec<PyObjectRef> = vm.extract_elements_with(&pair, Ok)?;
        match pair.as_slice() {
            [name, value] => Ok((name.str(vm)?.to_string(), value.str(vm)?.to_string())),
            _ => Err(vm.new_type_error("a header is a name and a value")),
        }
    })?;
    Ok(PendingOp::Fetch {
        url: url.to_string_lossy().into_owned(),
        method: method.to_string_lossy().into_owned(),
        headers,
    })
}

#[cfg(target_family = "wasm")]
pub use standing::fetch;

#[cfg(target_family = "wasm")]
mod standing {
    use crate::call::parts;
    use crate::values;
    use rustpython_vm::builtins::{PyBytesRef, PyStrRef};
    use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
    use selvage_guest::abi;
    use selvage_tool::guest::PendingCall;
    use std::cell::Cell;

    /// The first number of these calls; those that are answered between two turns of a loop have smaller ones.
    const FIRST: u32 = 1 << 31;

    thread_local! {
        static NEXT: Cell<u32> = const { Cell::new(FIRST) };
    }

    /// `selvage.fetch(method, url, headers, body)` gives `(answer, body, None)`, or `(None, None, error)` where the host refused or
    /// nobody answered: the same as whoever asked for it is given.
    pub fn fetch(
        method: PyStrRef,
        url: PyStrRef,
        headers: PyObjectRef,
        body: PyBytesRef,
        vm: &VirtualMachine,
    ) -> PyResult {
        let length = body.as_bytes().len();
        let id = NEXT.get();
        NEXT.set(id.wrapping_add(1));
        let asked = PendingCall {
            id,
            request: super::request(&method, &url, &headers, vm)?,
            body: (length > 0).then_some((0, length)),
        };
        let none = || vm.ctx.none();
        let given = match abi::ask(&asked, body.as_bytes()) {
            Ok((answer, body)) => vec![
                values::decode(&answer, vm)?,
                vm.ctx.new_bytes(body).into(),
                none(),
            ],
            Err(error) => {
                let told = parts(&error, vm);
                crate::world::refuse(error);
                vec![none(), none(), told]
            }
        };
        Ok(vm.ctx.new_tuple(given).into())
    }
}
