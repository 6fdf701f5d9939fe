//! The program of a regular expression, found again at a cost that does not grow with the text.

use boa_engine::object::JsObject;
use boa_engine::object::builtins::JsRegExp;
use boa_engine::string::{CodePoint, JsStrVariant};
use boa_engine::{Context, JsResult, JsString};
use regress::{Flags, Match, Regex};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// How many expressions stay ready. A flow goes through its texts with a few.
const READY_MAX: usize = 16;
/// Shorter texts are widened anew at each search.
const KEPT_UNITS_MIN: usize = 64;

/// An expression that is ready to search.
#[derive(Debug)]
pub struct Matcher {
    regex: Regex,
    /// The expression, or any one character that fills a last group: it never looks further than one place.
    here: OnceCell<Option<Regex>>,
    source: Vec<u32>,
    flags: Flags,
    /// Whether a search begins at `lastIndex` and leaves its end there.
    pub global: bool,
    /// Whether a match must begin at `lastIndex`.
    pub sticky: bool,
}

impl Matcher {
    /// Nothing when the expression is one that only the engine can tell: its pattern holds half a surrogate pair.
    fn of(regexp: &JsRegExp, context: &mut Context) -> JsResult<Option<Self>> {
        let flags = Flags {
            icase: regexp.ignore_case(context)?,
            multiline: regexp.multiline(context)?,
            dot_all: regexp.dot_all(context)?,
            unicode: regexp.unicode(context)?,
            no_opt: false,
            unicode_sets: false,
        };
        let Some(source) = pattern(regexp, context) else {
            return Ok(None);
        };
        // As the engine does it: without `u`, a pattern is made of code units.
        let source: Vec<u32> = if flags.unicode {
            source.chars().map(u32::from).collect()
        } else {
            source.encode_utf16().map(u32::from).collect()
        };
        let Ok(regex) = Regex::from_unicode(source.clone().into_iter(), flags) else {
            return Ok(None);
        };
        Ok(Some(Self {
            regex,
            here: OnceCell::new(),
            source,
            flags,
            global: regexp.global(context)?,
            sticky: regexp.sticky(context)?,
        }))
    }

    /// The first match at or after a place.
    pub fn find(&self, text: &Units<'_>, from: usize) -> Option<Match> {
        find(&self.regex, self.flags.unicode, text, from)
    }

    /// The match that begins at a place.
    pub fn find_here(&self, text: &Units<'_>, from: usize) -> Option<Match> {
        let Some(here) = self.here.get_or_init(|| self.anchored()) else {
            return self.find(text, from).filter(|found| found.start() == from);
        };
        let mut found = find(here, self.flags.unicode, text, from)?;
        let is_other = found.captures.pop().flatten().is_some();
        (!is_other && found.start() == from).then_some(found)
    }

    /// Whether characters are code points.
    pub fn is_unicode(&self) -> bool {
        self.flags.unicode
    }

    fn anchored(&self) -> Option<Regex> {
        // One more group would give a number behind `\` another meaning.
        let is_digit = |unit: &u32| (u32::from('1')..=u32::from('9')).contains(unit);
        let names_group = |pair: &[u32]| pair[0] == u32::from('\\') && is_digit(&pair[1]);
        if self.source.windows(2).any(names_group) {
            return None;
        }
        let pattern = "(?:".chars().map(u32::from);
        let pattern = pattern.chain(self.source.iter().copied());
        let pattern: Vec<u32> = pattern.chain(")|([^])".chars().map(u32::from)).collect();
        Regex::from_unicode(pattern.into_iter(), self.flags).ok()
    }
}

fn find(regex: &Regex, unicode: bool, text: &Units<'_>, from: usize) -> Option<Match> {
    match text {
        Units::Own(text) if unicode => regex.find_from_utf16(text, from).next(),
        Units::Own(text) => regex.find_from_ucs2(text, from).next(),
        Units::Widened(text) => regex.find_from_ucs2(text, from).next(),
    }
}

/// A text as the code units that a search reads.
#[derive(Debug)]
pub enum Units<'a> {
    /// The text's own.
    Own(&'a [u16]),
    /// Those of a text in Latin-1.
    Widened(Rc<[u16]>),
}

thread_local! {
    static READY: RefCell<Vec<(JsObject, Rc<Matcher>)>> = const { RefCell::new(Vec::new()) };
    static WIDENED: RefCell<Option<(JsString, Rc<[u16]>)>> = const { RefCell::new(None) };
}

/// The pattern that an expression was made of; nothing when it holds half a surrogate pair.
///
/// The engine's own `source` puts a backslash before every `/`, also where there is one already.
pub fn pattern(regexp: &JsRegExp, context: &mut Context) -> Option<String> {
    Some(regexp.source(context).ok()?.replace("\\/", "/"))
}

/// `EscapeRegExpPattern ( P, F )`: a pattern as it can stand in a literal.
///
/// Source: <https://tc39.es/ecma262/#sec-escaperegexppattern>.
pub fn escaped(pattern: &str) -> String {
    let mut escaped = String::with_capacity(pattern.len());
    let (mut after_backslash, mut in_class) = (false, false);
    for unit in pattern.chars() {
        if unit == '/' && !after_backslash && !in_class {
            escaped.push('\\');
        }
        escaped.push(unit);
        match unit {
            '[' if !after_backslash => in_class = true,
            ']' if !after_backslash => in_class = false,
            _ => {}
        }
        after_backslash = unit == '\\' && !after_backslash;
    }
    escaped
}

/// The program of an object, when it is ready.
pub fn ready(object: &JsObject) -> Option<Rc<Matcher>> {
    READY.with_borrow_mut(|ready| {
        let at = ready
            .iter()
            .position(|(one, _)| JsObject::equals(one, object))?;
        ready[..=at].rotate_right(1);
        Some(ready[0].1.clone())
    })
}

/// Makes a program ready.
///
/// # Errors
/// None but the engine's own.
pub fn prepare(regexp: &JsRegExp, context: &mut Context) -> JsResult<Option<Rc<Matcher>>> {
    let Some(matcher) = Matcher::of(regexp, context)?.map(Rc::new) else {
        return Ok(None);
    };
    READY.with_borrow_mut(|ready| {
        ready.truncate(READY_MAX - 1);
        ready.insert(0, (regexp.clone().into(), matcher.clone()));
    });
    Ok(Some(matcher))
}

/// The code units of a text. Those of the last long text are kept, since a text is mostly searched again.
pub fn units(text: &JsString) -> Units<'_> {
    let latin1 = match text.as_str().variant() {
        JsStrVariant::Utf16(units) => {
            // The slice borrows from the text itself, not from the view of it.
            return Units::Own(units);
        }
        JsStrVariant::Latin1(bytes) => bytes,
    };
    let widen = || latin1.iter().copied().map(u16::from).collect::<Rc<[u16]>>();
    if latin1.len() < KEPT_UNITS_MIN {
        return Units::Widened(widen());
    }
    WIDENED.with_borrow_mut(|kept| {
        let same = |one: &JsString| {
            let one = one.as_str();
            one.as_latin1().is_some_and(|one| std::ptr::eq(one, latin1))
        };
        if let Some((one, units)) = kept
            && same(one)
        {
            return Units::Widened(units.clone());
        }
        // The old units go first, so that memory never holds both.
        *kept = None;
        let units = widen();
        *kept = Some((text.clone(), units.clone()));
        Units::Widened(units)
    })
}

/// Where the search goes on after an empty match: `AdvanceStringIndex ( S, index, unicode )`.
pub fn advance(text: &JsString, index: usize, unicode: bool) -> usize {
    if !unicode || index + 1 >= text.len() {
        return index + 1;
    }
    match text.code_point_at(index) {
        CodePoint::Unicode(point) => index + point.len_utf16(),
        CodePoint::UnpairedSurrogate(_) => index + 1,
    }
}
