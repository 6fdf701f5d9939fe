//! `console` and `flow.log`.

use super::inspect::{DEPTH_MAX, inspect, inspect_to};
use super::{Api, now_ms};
use crate::failure;
use crate::state::State;
use boa_engine::object::JsObject;
use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string};
use selvage_tool::guest::LogLevel;
use std::collections::BTreeMap;

/// Where `console.count` and `console.time` are, and how far `console.group` is indented.
#[derive(Default)]
pub struct Marks {
    counts: BTreeMap<String, u64>,
    times: BTreeMap<String, f64>,
    indent: usize,
}

/// The most levels of `console.group` that are shown.
const GROUPS_MAX: usize = 20;

/// Builds `console`.
pub fn console(api: &mut Api) -> JsObject {
    let console = api.object();
    api.method(&console, "debug", 0, |_, args, context| {
        say(LogLevel::Debug, "console", args, context)
    });
    api.method(&console, "log", 0, |_, args, context| {
        say(LogLevel::Info, "console", args, context)
    });
    api.method(&console, "info", 0, |_, args, context| {
        say(LogLevel::Info, "console", args, context)
    });
    api.method(&console, "warn", 0, |_, args, context| {
        say(LogLevel::Warn, "console", args, context)
    });
    api.method(&console, "error", 0, |_, args, context| {
        say(LogLevel::Error, "console", args, context)
    });
    api.method(&console, "trace", 0, trace);
    api.method(&console, "dir", 0, dir);
    api.method(&console, "table", 1, table);
    api.method(&console, "assert", 0, assert);
    api.method(&console, "count", 0, count);
    api.method(&console, "countReset", 0, count_reset);
    api.method(&console, "group", 0, group);
    api.method(&console, "groupEnd", 0, group_end);
    api.method(&console, "time", 0, time);
    api.method(&console, "timeLog", 0, |_, args, context| {
        time_log(args, false, context)
    });
    api.method(&console, "timeEnd", 0, |_, args, context| {
        time_log(args, true, context)
    });
    console
}

/// Builds `flow.log`.
pub fn log(api: &mut Api) -> JsObject {
    let log = api.function("log", 0, |_, args, context| {
        say(LogLevel::Info, "flow", args, context)
    });
    api.method(&log, "debug", 0, |_, args, context| {
        say(LogLevel::Debug, "flow", args, context)
    });
    api.method(&log, "info", 0, |_, args, context| {
        say(LogLevel::Info, "flow", args, context)
    });
    api.method(&log, "warn", 0, |_, args, context| {
        say(LogLevel::Warn, "flow", args, context)
    });
    api.method(&log, "error", 0, |_, args, context| {
        say(LogLevel::Error, "flow", args, context)
    });
    log
}

fn say(
    level: LogLevel,
    source: &str,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let text = format(args, context);
    emit(level, source, &text, context)
}

fn emit(level: LogLevel, source: &str, text: &str, context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context)?;
    let indent = "  ".repeat(state.console.borrow().indent.min(GROUPS_MAX));
    let text = if indent.is_empty() {
        text.to_owned()
    } else {
        format!("{indent}{}", text.replace('\n', &format!("\n{indent}")))
    };
    state
        .log(level, source, &text)
        .map_err(|error| failure::thrown(error, context))?;
    Ok(JsValue::undefined())
}

/// Joins the arguments with blanks; a first text may hold `%s %d %i %f %j %o %O %c %%`.
fn format(args: &[JsValue], context: &mut Context) -> String {
    let mut shown = String::new();
    let mut rest = args;
    if let Some(pattern) = args.first().and_then(JsValue::as_string)
        && args.len() > 1
    {
        rest = &args[1..];
        let pattern = pattern.to_std_string_lossy();
        let mut parts = pattern.split('%');
        shown.push_str(parts.next().unwrap_or_default());
        let mut literal = false;
        for part in parts {
            let kind = part.chars().next();
            if literal {
                shown.push_str(part);
                literal = false;
                continue;
            }
            let tail =
                |part: &str| kind.map_or(String::new(), |kind| part[kind.len_utf8()..].to_owned());
            match kind {
                None => {
                    shown.push('%');
                    literal = true;
                }
                Some(kind) if "sdifjoOc".contains(kind) && !rest.is_empty() => {
                    shown.push_str(&directive(kind, &rest[0], context));
                    rest = &rest[1..];
                    shown.push_str(&tail(part));
                }
                Some(_) => {
                    shown.push('%');
                    shown.push_str(part);
                }
            }
        }
        if !rest.is_empty() {
            shown.push(' ');
        }
    }
    let others: Vec<String> = rest.iter().map(|value| plain(value, context)).collect();
    shown + &others.join(" ")
}

fn directive(kind: char, value: &JsValue, context: &mut Context) -> String {
    let number = |context: &mut Context| value.to_number(context).unwrap_or(f64::NAN);
    match kind {
        's' => plain(value, context),
        'd' | 'f' => JsValue::from(number(context)).display().to_string(),
        'i' => JsValue::from(number(context).trunc()).display().to_string(),
        'c' => String::new(),
        _ => inspect(value, context),
    }
}

fn plain(value: &JsValue, context: &mut Context) -> String {
    value.as_string().map_or_else(
        || inspect(value, context),
        |text| text.to_std_string_lossy(),
    )
}

fn dir(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut depth = DEPTH_MAX;
    if let Some(options) = args.get_or_undefined(1).as_object()
        && let Some(wanted) = options.get(js_string!("depth"), context)?.as_number()
    {
        depth = (wanted.clamp(0.0, 20.0)) as usize + 1;
    }
    let text = inspect_to(args.get_or_undefined(0), depth, context);
    emit(LogLevel::Info, "console", &text, context)
}

fn trace(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let site = failure::site(context)?;
    let frames = failure::stack_of(&site, context).unwrap_or_default();
    // The first frame is this function's own.
    let frames: Vec<&str> = frames.lines().skip(1).collect();
    let text = format!("Trace: {}\n{}", format(args, context), frames.join("\n"));
    emit(LogLevel::Debug, "console", &text, context)
}

fn assert(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if args.get_or_undefined(0).to_boolean() {
        return Ok(JsValue::undefined());
    }
    let said = format(args.get(1..).unwrap_or_default(), context);
    let text = if said.is_empty() {
        "Assertion failed".to_owned()
    } else {
        format!("Assertion failed: {said}")
    };
    emit(LogLevel::Error, "console", &text, context)
}

fn label(args: &[JsValue], context: &mut Context) -> JsResult<String> {
    match args.first() {
        Some(label) if !label.is_undefined() => Ok(label.to_string(context)?.to_std_string_lossy()),
        _ => Ok("default".to_owned()),
    }
}

fn count(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let label = label(args, context)?;
    let state = State::of(context)?;
    let count = {
        let mut marks = state.console.borrow_mut();
        let count = marks.counts.entry(label.clone()).or_default();
        *count += 1;
        *count
    };
    emit(
        LogLevel::Info,
        "console",
        &format!("{label}: {count}"),
        context,
    )
}

fn count_reset(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let label = label(args, context)?;
    State::of(context)?
        .console
        .borrow_mut()
        .counts
        .remove(&label);
    Ok(JsValue::undefined())
}

fn group(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if !args.is_empty() {
        say(LogLevel::Info, "console", args, context)?;
    }
    State::of(context)?.console.borrow_mut().indent += 1;
    Ok(JsValue::undefined())
}

fn group_end(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context)?;
    let mut marks = state.console.borrow_mut();
    marks.indent = marks.indent.saturating_sub(1);
    Ok(JsValue::undefined())
}

fn time(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let label = label(args, context)?;
    let now = now_ms(context);
    State::of(context)?
        .console
        .borrow_mut()
        .times
        .insert(label, now);
    Ok(JsValue::undefined())
}

fn time_log(args: &[JsValue], ends: bool, context: &mut Context) -> JsResult<JsValue> {
    let label = label(args, context)?;
    let now = now_ms(context);
    let state = State::of(context)?;
    let since = {
        let mut marks = state.console.borrow_mut();
        if ends {
            marks.times.remove(&label)
        } else {
            marks.times.get(&label).copied()
        }
    };
    match since {
        Some(since) => emit(
            LogLevel::Info,
            "console",
            &format!("{label}: {:.3}ms", now - since),
            context,
        ),
        None => emit(
            LogLevel::Warn,
            "console",
            &format!("there is no timer '{label}'"),
            context,
        ),
    }
}

/// Rows of an array or an object as a table; anything else as `log` shows it.
fn table(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(rows) = args.get_or_undefined(0).as_object() else {
        return say(LogLevel::Info, "console", args, context);
    };
    let mut columns: Vec<String> = vec![String::new()];
    let mut cells: Vec<BTreeMap<usize, String>> = Vec::new();
    let add = |columns: &mut Vec<String>,
               row: &mut BTreeMap<usize, String>,
               name: String,
               value: String| {
        let at = columns
            .iter()
            .position(|column| *column == name)
            .unwrap_or_else(|| {
                columns.push(name);
                columns.len() - 1
            });
        row.insert(at, value);
    };
    for (key, row) in super::entries(&rows, context)?
        .into_iter()
        .take(super::inspect::ITEMS_MAX)
    {
        let mut shown = BTreeMap::from([(0, key)]);
        match row.as_object() {
            Some(object) if !object.is_callable() => {
                for (name, value) in super::entries(&object, context)? {
                    let value = inspect_to(&value, 1, context);
                    add(&mut columns, &mut shown, name, value);
                }
            }
            _ => {
                let value = inspect(&row, context);
                add(&mut columns, &mut shown, "value".to_owned(), value);
            }
        }
        cells.push(shown);
    }
    let width = |column: usize| {
        let longest = cells
            .iter()
            .filter_map(|row| row.get(&column))
            .map(|cell| cell.chars().count())
            .max();
        longest
            .unwrap_or_default()
            .max(columns[column].chars().count())
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
            .collect();
        padded.join(" | ").trim_end().to_owned()
    };
    let mut lines = vec![line(columns.iter().map(String::as_str).collect())];
    lines.push(
        widths
            .iter()
            .map(|width| "-".repeat(*width))
            .collect::<Vec<_>>()
            .join("-|-"),
    );
    for row in &cells {
        lines.push(line(
            (0..columns.len())
                .map(|column| row.get(&column).map_or("", String::as_str))
                .collect(),
        ));
    }
    emit(LogLevel::Info, "console", &lines.join("\n"), context)
}
