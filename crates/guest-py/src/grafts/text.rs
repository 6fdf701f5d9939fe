//! `s += x`, where nobody else holds `s`.
#![allow(
    unsafe_code,
    reason = "a text that one holder has is written anew in its place"
)]

use rustpython_vm::builtins::PyStr;
use rustpython_vm::common::str::{DeduceStrKind, StrData, StrKind};
use rustpython_vm::common::wtf8::{Wtf8, Wtf8Buf};
use rustpython_vm::{AsObject, PyPayload, PyRef, VirtualMachine};

/// A text that a program holds.
pub type Text = PyRef<PyStr>;

/// Makes `text` the concatenation of both. Of the first part it is known what it holds, so only the second is looked through, and
/// where nobody else holds it, it is not copied.
pub fn append(text: &mut Text, more: &Wtf8, vm: &VirtualMachine) {
    if more.is_empty() {
        return;
    }
    let kind = text.kind() | more.str_kind();
    if text.as_object().strong_count() > 1 {
        let mut whole = Wtf8Buf::with_capacity(text.byte_len() + more.len());
        whole.push_wtf8(text.as_wtf8());
        *text = text_of(whole, more, kind).into_ref(&vm.ctx);
        return;
    }
    let place = std::ptr::from_ref(text.payload()).cast_mut();
    // SAFETY: nobody else holds the text, and nothing borrows from it. What was read is not dropped, and what is written is whole.
    unsafe {
        let held = place.read();
        place.write(match held.kind() {
            // It has no index of its characters, so that its bytes are all that it owns. They grow where they lie, if there is room.
            StrKind::Ascii => {
                let bytes = std::ptr::from_ref(held.as_wtf8()).cast_mut();
                std::mem::forget(held);
                text_of(Wtf8Buf::from_box(Box::from_raw(bytes)), more, kind)
            }
            _ => text_of(held.as_wtf8().to_owned(), more, kind),
        });
    }
}

/// A text of two parts that hold nothing beyond the kind.
fn text_of(mut whole: Wtf8Buf, more: &Wtf8, kind: StrKind) -> PyStr {
    whole.reserve_exact(more.len());
    whole.push_wtf8(more);
    // SAFETY: the whole holds what its parts hold.
    unsafe { StrData::new_str_unchecked(whole.into_box(), kind) }.into()
}
