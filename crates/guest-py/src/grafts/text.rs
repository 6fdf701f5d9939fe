//! `s += x`, where nobody else holds `s`.
#![allow(
    unsafe_code,
    reason = "a text that one holder has is written anew in its place"
)]

use rustpython_vm::builtins::PyStr;
use rustpython_vm::common::str::{DeduceStrKind, StrData};
use rustpython_vm::common::wtf8::{Wtf8, Wtf8Buf};
use rustpython_vm::{AsObject, PyPayload, PyRef, VirtualMachine};

/// A text that a program holds.
pub type Text = PyRef<PyStr>;

/// Makes `text` the concatenation of both. Of the first part it is known what it holds, so only the second is looked through.
pub fn append(text: &mut Text, more: &Wtf8, vm: &VirtualMachine) {
    if more.is_empty() {
        return;
    }
    let mut whole = Wtf8Buf::with_capacity(text.byte_len() + more.len());
    whole.push_wtf8(text.as_wtf8());
    whole.push_wtf8(more);
    let kind = text.kind() | more.str_kind();
    // SAFETY: the whole holds what its parts hold, so it is of the wider kind of the two.
    let whole: PyStr = unsafe { StrData::new_str_unchecked(whole.into_box(), kind) }.into();
    if text.as_object().strong_count() == 1 {
        let place = std::ptr::from_ref(text.payload()).cast_mut();
        // SAFETY: nobody else holds the text, and nothing borrows from it.
        drop(unsafe { place.replace(whole) });
    } else {
        *text = whole.into_ref(&vm.ctx);
    }
}
