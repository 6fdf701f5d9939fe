//! # known-limit
//!
//! **Severity.** warning
//!
//! **What it does.** Finds calls of what this Python does otherwise than CPython, by [the list](python.md#what-differs-from-cpython).
//!
//! **Why.** The library has the name, and yet it fails, or comes to something else. What fails is a warning: `ast.unparse`, and
//! compressing with `lzma` as long as a run has the memory that it has by default. The rest is a note on the first place in the file:
//! threads that call their function at once, zones before 1970, `sys.setrecursionlimit`, and sleeps that some browsers can't wait for.
//! Functions are known by what they are imported as; what may be the file's own is left alone.
//!
//! **Example.** `from lzma import compress as pack`, and later `pack(data)`.
//!
//! **Fix.** None: what to do instead depends on what it is for.

use super::{Rule, Scene};
use crate::reading::origins::{Origins, Use};
use ruff_python_ast::{Arguments, Expr, ExprCall, ExprRef, Number, Stmt};
use ruff_text_size::{Ranged, TextRange};
use selvage_guest::findings::{Finding, Findings};
use selvage_tool::Severity;
use std::collections::BTreeSet;

pub const RULE: Rule = Rule {
    code: "known-limit",
    severity: Severity::Warning,
};

/// Something that this Python does otherwise.
#[derive(Debug, PartialEq, Eq)]
pub struct Limit {
    /// What `docs/python.md` calls it.
    pub subject: &'static str,
    /// How bad it is: a note is made once in a file.
    severity: Severity,
    message: &'static str,
    hint: &'static str,
}

/// All that can be seen in a text.
pub static LIMITS: [Limit; 7] = [
    Limit {
        subject: "ast.unparse",
        severity: Severity::Warning,
        message: "`ast.unparse` fails in a run: its module is left out, for its size.",
        hint: "Take the text of a node from the source: `ast.get_source_segment`.",
    },
    Limit {
        subject: "lzma.compress",
        severity: Severity::Warning,
        message: "Compressing with `lzma` takes 94 MB with this preset, and a run has 128 MiB by default, the interpreter included.",
        hint: "Give `preset=4` or a lower one, take `bz2` or `zlib`, or raise `limits.memoryBytesMax` of the run.",
    },
    Limit {
        subject: "Thread.start",
        severity: Severity::Info,
        message: "A run has one thread: what is started or submitted is called at once, and done before the program goes on.",
        hint: "Let what waits be `async def`, and wait for all of it with `asyncio.gather`.",
    },
    Limit {
        subject: "sys.setrecursionlimit",
        severity: Severity::Info,
        message: "`sys.setrecursionlimit` changes nothing here: calls may nest as deep as `limits.stackCallsMax` of the run says.",
        hint: "Keep what is to be done in a list, in place of calls that nest.",
    },
    Limit {
        subject: "zoneinfo",
        severity: Severity::Info,
        message: "Time zones are known since 1970 here: before, a zone has one offset, without summer time.",
        hint: "Give the offset of an earlier time yourself: `datetime.timezone`.",
    },
    Limit {
        subject: "time.sleep",
        severity: Severity::Info,
        message: "In a browser that can't suspend WebAssembly (JSPI), `time.sleep` is over at once.",
        hint: "Where it has to wait, `await asyncio.sleep(…)` in a workflow that is `async def`.",
    },
    Limit {
        subject: "asyncio.run",
        severity: Severity::Info,
        message: "In a browser that can't suspend WebAssembly (JSPI), the sleeps of a script's `asyncio.run` are over at once.",
        hint: "Where it has to wait, make it a workflow that is `async def`.",
    },
];

/// The modules that those are in. A text that imports none of them is not looked at.
const MODULES: [&str; 8] = [
    "ast",
    "asyncio",
    "concurrent",
    "datetime",
    "lzma",
    "sys",
    "threading",
    "time",
];

/// The first preset of `lzma` that takes too much.
const PRESET_LARGE: i64 = 5;
/// The first year whose zones are known.
const YEAR_KNOWN: i64 = 1970;

pub fn check(scene: &Scene<'_, '_>, findings: &mut Findings<'_>) {
    if !scene
        .statements
        .iter()
        .any(|(statement, _)| is_about(statement))
    {
        return;
    }
    let origins = Origins::of(scene.body);
    let mut limits = Limits {
        findings,
        noted: BTreeSet::new(),
    };
    let mut slept = None;
    let mut runs = false;
    for used in &origins.uses {
        let ExprRef::Call(call) = used.expression else {
            if let Some(subject) = named(&origins, *used) {
                limits.add(subject, used.expression.range());
            }
            continue;
        };
        let Some(function) = origins.of_function(*used, call) else {
            continue;
        };
        match function.as_str() {
            "asyncio.run" => runs = true,
            "asyncio.sleep" => slept = slept.or(Some(call.func.range())),
            _ => {}
        }
        if let Some(subject) = called(&origins, *used, &function, call) {
            limits.add(subject, call.func.range());
        }
    }
    for base in &origins.bases {
        if origins.of_use(*base).as_deref().is_some_and(is_thread) {
            limits.add("Thread.start", base.expression.range());
        }
    }
    // What is run by itself as a whole is a script.
    if let Some(slept) = slept.filter(|_| runs && scene.entries.is_empty()) {
        limits.add("asyncio.run", slept);
    }
}

/// Whether a statement imports one of the modules.
fn is_about(statement: &Stmt) -> bool {
    let is_one = |name: &str| {
        name.split('.')
            .next()
            .is_some_and(|first| MODULES.contains(&first))
    };
    match statement {
        Stmt::Import(import) => import.names.iter().any(|alias| is_one(&alias.name)),
        Stmt::ImportFrom(import) => import.module.as_deref().is_some_and(is_one),
        _ => false,
    }
}

/// What is a limit wherever it is read.
fn named(origins: &Origins<'_>, used: Use<'_>) -> Option<&'static str> {
    match origins.of_use(used)?.as_str() {
        "ast.unparse" => Some("ast.unparse"),
        _ => None,
    }
}

/// What is one where it is called.
fn called<'a>(
    origins: &Origins<'a>,
    used: Use<'a>,
    function: &str,
    call: &'a ExprCall,
) -> Option<&'static str> {
    let arguments = &call.arguments;
    match function {
        "lzma.compress" => is_large(arguments, 3).then_some("lzma.compress"),
        "lzma.LZMACompressor" => is_large(arguments, 2).then_some("lzma.compress"),
        "lzma.open" | "lzma.LZMAFile" => {
            let writes = match arguments.find_argument_value("mode", 1) {
                Some(Expr::StringLiteral(mode)) => !mode.value.to_str().starts_with('r'),
                _ => false,
            };
            (writes && is_large(arguments, usize::MAX)).then_some("lzma.compress")
        }
        "sys.setrecursionlimit" => Some("sys.setrecursionlimit"),
        "time.sleep" => Some("time.sleep"),
        "datetime.datetime" => {
            let year = arguments.find_argument_value("year", 0).and_then(whole)?;
            let zone = arguments.find_argument_value("tzinfo", 7)?;
            let known = origins.of_argument(used, zone)?;
            (year < YEAR_KNOWN && known == "zoneinfo.ZoneInfo()").then_some("zoneinfo")
        }
        _ => is_thread(function).then_some("Thread.start"),
    }
}

/// Whether something is to call functions beside the program.
fn is_thread(origin: &str) -> bool {
    matches!(
        origin,
        "threading.Thread"
            | "threading.Timer"
            | "concurrent.futures.ThreadPoolExecutor"
            | "concurrent.futures.thread.ThreadPoolExecutor"
            | "asyncio.to_thread"
            | "asyncio.get_running_loop().run_in_executor"
            | "asyncio.get_event_loop().run_in_executor"
    )
}

/// Whether these arguments compress with much memory. What can't be told is not said.
fn is_large(arguments: &Arguments, preset: usize) -> bool {
    let open = arguments.args.iter().any(Expr::is_starred_expr)
        || arguments
            .keywords
            .iter()
            .any(|keyword| keyword.arg.is_none());
    if open || arguments.find_keyword("filters").is_some() {
        return false;
    }
    match arguments.find_argument_value("preset", preset) {
        None | Some(Expr::NoneLiteral(_)) => true,
        Some(value) => whole(value).is_some_and(|preset| preset >= PRESET_LARGE),
    }
}

/// A whole number that a text says plainly.
fn whole(expression: &Expr) -> Option<i64> {
    match expression {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(whole) => whole.as_i64(),
            _ => None,
        },
        _ => None,
    }
}

struct Limits<'f, 'p> {
    findings: &'f mut Findings<'p>,
    /// The notes that were made.
    noted: BTreeSet<&'static str>,
}

impl Limits<'_, '_> {
    fn add(&mut self, subject: &'static str, range: TextRange) {
        let Some(limit) = LIMITS.iter().find(|limit| limit.subject == subject) else {
            return;
        };
        if limit.severity == Severity::Info && !self.noted.insert(subject) {
            return;
        }
        let finding = Finding {
            range: range.into(),
            severity: limit.severity,
            message: limit.message.into(),
            hint: limit.hint.into(),
            fix: None,
        };
        self.findings.add(RULE.code, finding);
    }
}
