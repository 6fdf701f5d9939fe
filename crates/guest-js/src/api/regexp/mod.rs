//! `exec`, `test`, `source` and `split` of regular expressions.
//!
//! The engine copies the expression's program and the whole text at every search, and a sticky search looks through the
//! rest of the text for a match that it then refuses; so `text.split(/\n/)` is quadratic, three times over. These do
//! what the specification says with a program and a text that stay ready ([`matcher`]), and everything else that
//! searches (`replace`, `match`, `matchAll`, `search`) calls `exec`.
//!
//! Expressions with the flags `d` and `v`, and objects that only look like one, are the engine's.

mod matcher;

use super::{Api, builtin, describe_getter};
use boa_engine::object::JsObject;
use boa_engine::object::builtins::{JsArray, JsFunction, JsRegExp};
use boa_engine::property::{PropertyDescriptor, PropertyKey};
use boa_engine::{
    Context, JsArgs, JsNativeError, JsResult, JsString, JsSymbol, JsValue, js_string,
};
use matcher::Matcher;
use regress::Match;
use std::ops::Range;
use std::rc::Rc;

/// Up to how many code units a piece of a text is copied; a view of it would cost more.
const COPIED_UNITS_MAX: usize = 32;

/// The functions as a flow finds them, and those of the engine.
#[derive(Debug)]
struct Functions {
    exec: JsObject,
    engine_exec: JsFunction,
    engine_test: JsFunction,
    engine_split: JsFunction,
    engine_source: JsFunction,
    unicode_sets: JsFunction,
}

pub(super) fn install(api: &mut Api) -> JsResult<()> {
    let prototype = api.context.intrinsics().constructors().regexp().prototype();
    let mut engine = |key: PropertyKey| -> JsResult<JsFunction> {
        let found = prototype.get(key, api.context)?.as_object();
        found.and_then(JsFunction::from_object).ok_or_else(|| {
            JsNativeError::error()
                .with_message("a function is missing")
                .into()
        })
    };
    let (engine_exec, engine_test, engine_split) = (
        engine(js_string!("exec").into())?,
        engine(js_string!("test").into())?,
        engine(JsSymbol::split().into())?,
    );
    let engine_source = describe_getter(&prototype, js_string!("source"), api.context)?;
    let unicode_sets = describe_getter(&prototype, js_string!("unicodeSets"), api.context)?;
    let exec = builtin(api, &prototype, js_string!("exec"), "exec", 1, exec);
    builtin(api, &prototype, js_string!("test"), "test", 1, test);
    builtin(
        api,
        &prototype,
        JsSymbol::split(),
        "[Symbol.split]",
        2,
        split,
    );
    // Every search asks for them, so they are shared and not copied.
    api.context.insert_data(Rc::new(Functions {
        exec,
        engine_exec,
        engine_test,
        engine_split,
        engine_source,
        unicode_sets,
    }));
    let source = api.function("get source", 0, source);
    let property = PropertyDescriptor::builder()
        .get(source)
        .enumerable(false)
        .configurable(true);
    prototype.insert_property(js_string!("source"), property.build());
    Ok(())
}

fn functions(context: &Context) -> JsResult<Rc<Functions>> {
    context.get_data::<Rc<Functions>>().cloned().ok_or_else(|| {
        JsNativeError::error()
            .with_message("this context has no regular expressions")
            .into()
    })
}

/// The program of a value that is an expression, unless it is the engine's to search with.
fn ours(
    this: &JsValue,
    functions: &Functions,
    context: &mut Context,
) -> JsResult<Option<(JsObject, Rc<Matcher>)>> {
    let Some(object) = this.as_object() else {
        return Ok(None);
    };
    if let Some(matcher) = matcher::ready(&object) {
        return Ok(Some((object, matcher)));
    }
    let Ok(regexp) = JsRegExp::from_object(object.clone()) else {
        return Ok(None);
    };
    let has_sets = functions.unicode_sets.call(this, &[], context)?;
    if regexp.has_indices(context)? || has_sets.to_boolean() {
        return Ok(None);
    }
    Ok(matcher::prepare(&regexp, context)?.map(|matcher| (object, matcher)))
}

/// Whether `exec` of an object is the one that a flow finds, so that nobody can see that it is not called.
fn has_own_exec(object: &JsObject, functions: &Functions, context: &mut Context) -> JsResult<bool> {
    let exec = object.get(js_string!("exec"), context)?.as_object();
    Ok(exec.is_some_and(|exec| JsObject::equals(&exec, &functions.exec)))
}

/// `RegExpBuiltinExec ( R, S )` up to the match.
///
/// Source: <https://tc39.es/ecma262/#sec-regexpbuiltinexec>.
fn search(
    object: &JsObject,
    matcher: &Matcher,
    text: &JsString,
    context: &mut Context,
) -> JsResult<Option<Match>> {
    let last_index = object.get(js_string!("lastIndex"), context)?;
    let last_index = last_index.to_length(context)?;
    let keeps_place = matcher.global || matcher.sticky;
    let from = if keeps_place { last_index } else { 0 };
    let from = usize::try_from(from)
        .ok()
        .filter(|from| *from <= text.len());
    let found = from.and_then(|from| {
        let units = matcher::units(text);
        if matcher.sticky {
            matcher.find_here(&units, from)
        } else {
            matcher.find(&units, from)
        }
    });
    if keeps_place {
        let end = found.as_ref().map_or(0, Match::end);
        object.set(js_string!("lastIndex"), end, true, context)?;
    }
    Ok(found)
}

fn piece(text: &JsString, range: Range<usize>) -> JsString {
    if range.len() <= COPIED_UNITS_MAX {
        text.as_str()
            .get(range)
            .map(JsString::from)
            .unwrap_or_default()
    } else {
        text.get(range).unwrap_or_default()
    }
}

fn captured(text: &JsString, range: Option<Range<usize>>) -> JsValue {
    range.map_or_else(JsValue::undefined, |range| piece(text, range).into())
}

fn exec(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let functions = functions(context)?;
    let Some((object, matcher)) = ours(this, &functions, context)? else {
        return functions.engine_exec.call(this, args, context);
    };
    let text = args.get_or_undefined(0).to_string(context)?;
    let Some(found) = search(&object, &matcher, &text, context)? else {
        return Ok(JsValue::null());
    };
    let whole = std::iter::once(Some(found.range()));
    let pieces = whole
        .chain(found.captures.iter().cloned())
        .map(|range| captured(&text, range));
    let result = JsArray::from_iter(pieces, context);
    let mut names = found.named_groups().peekable();
    let groups = if names.peek().is_some() {
        let groups = JsObject::with_null_proto();
        for (name, range) in names {
            let value = captured(&text, range);
            groups.create_data_property_or_throw(js_string!(name), value, context)?;
        }
        groups.into()
    } else {
        JsValue::undefined()
    };
    result.create_data_property_or_throw(js_string!("index"), found.start(), context)?;
    result.create_data_property_or_throw(js_string!("input"), text, context)?;
    result.create_data_property_or_throw(js_string!("groups"), groups, context)?;
    Ok(result.into())
}

/// `get RegExp.prototype.source`
fn source(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let regexp = this.as_object().map(JsRegExp::from_object);
    if let Some(Ok(regexp)) = regexp
        && let Some(pattern) = matcher::pattern(&regexp, context)
    {
        return Ok(js_string!(matcher::escaped(&pattern)).into());
    }
    functions(context)?.engine_source.call(this, args, context)
}

fn test(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let functions = functions(context)?;
    match ours(this, &functions, context)? {
        Some((object, matcher)) if has_own_exec(&object, &functions, context)? => {
            let text = args.get_or_undefined(0).to_string(context)?;
            Ok(search(&object, &matcher, &text, context)?.is_some().into())
        }
        _ => functions.engine_test.call(this, args, context),
    }
}

/// Whether `split` makes nothing but a copy of the expression, which nobody can see then.
fn splits_plainly(
    object: &JsObject,
    functions: &Functions,
    context: &mut Context,
) -> JsResult<bool> {
    let intrinsic = context.intrinsics().constructors().regexp().constructor();
    let is_intrinsic = |value: JsValue| {
        let object = value.as_object();
        object.is_some_and(|object| JsObject::equals(&object, &intrinsic))
    };
    Ok(
        is_intrinsic(object.get(js_string!("constructor"), context)?)
            && is_intrinsic(intrinsic.get(JsSymbol::species(), context)?)
            && has_own_exec(object, functions, context)?,
    )
}

/// `RegExp.prototype [ %Symbol.split% ] ( string, limit )`
///
/// Source: <https://tc39.es/ecma262/#sec-regexp.prototype-%symbol.split%>.
fn split(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let functions = functions(context)?;
    let matcher = match ours(this, &functions, context)? {
        Some((object, matcher)) if splits_plainly(&object, &functions, context)? => matcher,
        _ => return functions.engine_split.call(this, args, context),
    };
    let text = args.get_or_undefined(0).to_string(context)?;
    let limit = match args.get_or_undefined(1) {
        limit if limit.is_undefined() => u32::MAX,
        limit => limit.to_u32(context)?,
    };
    let pieces = pieces(&matcher, &text, limit as usize);
    Ok(JsArray::from_iter(pieces, context).into())
}

fn pieces(matcher: &Matcher, text: &JsString, limit: usize) -> Vec<JsValue> {
    let mut pieces = Vec::new();
    if limit == 0 {
        return pieces;
    }
    let units = matcher::units(text);
    if text.is_empty() {
        if matcher.find_here(&units, 0).is_none() {
            pieces.push(text.clone().into());
        }
        return pieces;
    }
    let (mut begin, mut from) = (0, 0);
    while let Some(found) = matcher.find(&units, from)
        && found.start() < text.len()
    {
        if found.end() == begin {
            from = matcher::advance(text, from, matcher.is_unicode());
            continue;
        }
        pieces.push(piece(text, begin..found.start()).into());
        pieces.extend(
            found
                .captures
                .iter()
                .map(|range| captured(text, range.clone())),
        );
        if pieces.len() >= limit {
            pieces.truncate(limit);
            return pieces;
        }
        (begin, from) = (found.end(), found.end());
        if from >= text.len() {
            break;
        }
    }
    pieces.push(piece(text, begin..text.len()).into());
    pieces
}
