//! What a flow finds at run time: the one table that rules, inference and tests read.

/// How a member of the run-time API answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is a value, or a function that answers at once.
    Now,
    /// It is a function that answers with a promise.
    Promise,
    /// It is an object with members of its own.
    Object,
    /// It is data of the caller: any member may exist.
    Data,
}

/// A member of the run-time API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// How it answers.
    pub answer: Answer,
}

const fn member(name: &'static str, answer: Answer) -> Member {
    Member { name, answer }
}

/// The members of `flow`.
pub const FLOW: &[Member] = &[
    member("args", Answer::Data),
    member("env", Answer::Data),
    member("run", Answer::Now),
    member("fs", Answer::Object),
    member("log", Answer::Now),
    member("progress", Answer::Now),
    member("artifact", Answer::Promise),
    member("call", Answer::Promise),
];

/// The members of `flow.fs`.
pub const FS: &[Member] = &[
    member("read", Answer::Promise),
    member("readText", Answer::Promise),
    member("readJSON", Answer::Promise),
    member("readBytes", Answer::Promise),
    member("write", Answer::Promise),
    member("writeJSON", Answer::Promise),
    member("list", Answer::Promise),
    member("stat", Answer::Promise),
    member("exists", Answer::Promise),
    member("mkdir", Answer::Promise),
    member("move", Answer::Promise),
    member("remove", Answer::Promise),
];

/// Those of [`FS`] that read.
pub const FS_READS: &[&str] = &[
    "read",
    "readText",
    "readJSON",
    "readBytes",
    "list",
    "stat",
    "exists",
];

/// The members of `setup` and `init`'s parameter that declare an input, and the kind each takes.
pub const DECLARES_INPUT: &[(&str, &str)] = &[
    ("inText", "text"),
    ("inNumber", "number"),
    ("inBoolean", "boolean"),
    ("inFile", "file"),
    ("inImg", "image"),
    ("inImgs", "image"),
    ("inJson", "json"),
    ("inSelect", "select"),
];

/// Those that declare an output.
pub const DECLARES_OUTPUT: &[&str] = &[
    "outText",
    "outNumber",
    "outBoolean",
    "outFile",
    "outImg",
    "outImgs",
    "outJson",
];

/// Those that say what the flow is.
pub const DESCRIBES: &[&str] = &["title", "describe"];

/// The members of `run`'s parameter besides those of `flow`; any other name is a tool.
pub const SERVICES: &[&str] = &["input", "inputs", "output", "outputs"];

/// Global names that the run-time adds to the language.
pub const GLOBALS: &[&str] = &[
    "flow",
    "console",
    "fetch",
    "setTimeout",
    "clearTimeout",
    "setInterval",
    "clearInterval",
    "queueMicrotask",
    "URL",
    "URLSearchParams",
    "TextEncoder",
    "TextDecoder",
    "atob",
    "btoa",
    "structuredClone",
    "crypto",
    "performance",
    "AbortController",
    "AbortSignal",
    "DOMException",
    "Event",
    "EventTarget",
    "Headers",
    "Response",
];

/// Global names of the language itself, as far as the interpreter has them.
pub const BUILTINS: &[&str] = &[
    "AggregateError",
    "Array",
    "ArrayBuffer",
    "BigInt",
    "BigInt64Array",
    "BigUint64Array",
    "Boolean",
    "DataView",
    "Date",
    "Error",
    "EvalError",
    "FinalizationRegistry",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "Function",
    "Infinity",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "Iterator",
    "JSON",
    "Map",
    "Math",
    "NaN",
    "Number",
    "Object",
    "Promise",
    "Proxy",
    "RangeError",
    "ReferenceError",
    "Reflect",
    "RegExp",
    "Set",
    "String",
    "Symbol",
    "SyntaxError",
    "TypeError",
    "URIError",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakMap",
    "WeakRef",
    "WeakSet",
    "arguments",
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "eval",
    "globalThis",
    "isFinite",
    "isNaN",
    "parseFloat",
    "parseInt",
    "undefined",
];
