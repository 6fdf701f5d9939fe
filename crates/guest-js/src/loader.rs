//! Modules from the workspace: relative to the importing file or from the root, JS or JSON.

use crate::failure;
use crate::gate;
use crate::place;
use crate::state::State;
use boa_engine::module::{Module, ModuleLoader, ModuleRequest, Referrer};
use boa_engine::object::JsObject;
use boa_engine::{Context, JsResult, Source, js_string};
use selvage_tool::guest::HostCall;
use selvage_tool::{ErrorCode, ToolError};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

/// The most modules of one run.
pub const MODULES_MAX: usize = 1_000;

/// The modules of a run, by path; a file that is imported as JSON is another module.
pub struct Loader {
    state: Rc<State>,
    modules: RefCell<BTreeMap<(String, bool), Module>>,
}

impl Loader {
    /// A loader without modules.
    #[must_use]
    pub fn new(state: Rc<State>) -> Self {
        Self {
            state,
            modules: RefCell::default(),
        }
    }

    /// Reads and parses the module that a run begins with, so that an import of it finds it.
    ///
    /// # Errors
    /// The file is not there, is no text, or does not parse.
    pub fn entry(&self, path: &str, context: &mut Context) -> Result<Module, ToolError> {
        self.module(path, false, context)
    }

    fn module(
        &self,
        path: &str,
        as_json: bool,
        context: &mut Context,
    ) -> Result<Module, ToolError> {
        let key = (path.to_owned(), as_json);
        if let Some(module) = self.modules.borrow().get(&key) {
            return Ok(module.clone());
        }
        if self.modules.borrow().len() >= MODULES_MAX {
            return Err(ToolError::new(
                ErrorCode::TooLarge,
                format!("the flow imports more than {MODULES_MAX} modules"),
            ));
        }
        let text = read(&self.state, path)?;
        let module = if as_json {
            json(path, &text, context)?
        } else {
            let prepared = gate::check(path, &text)?.prepared(&text).into_owned();
            let source = Source::from_bytes(prepared.as_bytes()).with_path(Path::new(path));
            Module::parse(source, None, context).map_err(|error| {
                failure::from_parser(path, &failure::parser_words(&error), &text)
            })?
        };
        self.modules.borrow_mut().insert(key, module.clone());
        Ok(module)
    }

    fn import(
        &self,
        referrer: &Referrer,
        request: &ModuleRequest,
        context: &mut Context,
    ) -> Result<Module, ToolError> {
        let specifier = request.specifier().to_std_string_lossy();
        let from = referrer
            .path()
            .map(|path| path.to_string_lossy().into_owned())
            .unwrap_or_default();
        self.resolve(&from, &specifier, request, context)
            .map_err(|mut failure| {
                // A failure inside the imported file has its place; any other is the import's.
                if failure.line.is_none() {
                    failure.path = Some(from.clone());
                    let place = self
                        .state
                        .source(&from)
                        .and_then(|text| place_of_import(&text, &specifier));
                    if let Some((line, column)) = place {
                        failure = failure.at(line, column);
                    }
                }
                failure
            })
    }

    fn resolve(
        &self,
        from: &str,
        specifier: &str,
        request: &ModuleRequest,
        context: &mut Context,
    ) -> Result<Module, ToolError> {
        let refused = |message: String| ToolError::new(ErrorCode::LintFailed, message);
        if !specifier.starts_with(['.', '/']) {
            let hint = if specifier.contains("://") {
                "Save the file in the workspace and import it from there."
            } else {
                "Begin with './' for a file beside this one, or with '/' for one from the workspace's root; there are no packages."
            };
            return Err(refused(format!("the import '{specifier}' names no file")).hint(hint));
        }
        let Some(path) = place::resolve(place::folder(from), specifier) else {
            return Err(ToolError::new(
                ErrorCode::InvalidPath,
                format!("the import '{specifier}' leads out of the workspace"),
            ));
        };
        let kind = request
            .get_attribute("type")
            .map(|kind| kind.to_std_string_lossy());
        let as_json = match kind.as_deref() {
            None => path.ends_with(".json"),
            Some("json") => true,
            Some(other) => {
                return Err(refused(format!("an import can't have the type '{other}'"))
                    .hint("The one type is 'json'."));
            }
        };
        self.module(&path, as_json, context)
            .map_err(|failure| match failure.code {
                ErrorCode::NotFound => self.missing(&path, specifier),
                _ => failure,
            })
    }

    fn missing(&self, path: &str, specifier: &str) -> ToolError {
        let failure = ToolError::new(
            ErrorCode::NotFound,
            format!("there is no file {path} to import"),
        );
        let there = |end: &&&str| {
            let call = HostCall::Stat {
                path: format!("{path}{end}"),
            };
            self.state
                .ask(&call, &[])
                .is_ok_and(|(stat, _)| stat.get("folder") == Some(&false.into()))
        };
        match [".js", ".mjs", ".json", "/index.js"].iter().find(there) {
            Some(end) => failure.hint(format!(
                "Write '{specifier}{end}': an import names the whole file."
            )),
            None => failure,
        }
    }
}

impl ModuleLoader for Loader {
    async fn load_imported_module(
        self: Rc<Self>,
        referrer: Referrer,
        request: ModuleRequest,
        context: &RefCell<&mut Context>,
    ) -> JsResult<Module> {
        let context = &mut **context.borrow_mut();
        self.import(&referrer, &request, context)
            .map_err(|failure| failure::thrown(failure, context))
    }

    fn init_import_meta(
        self: Rc<Self>,
        import_meta: &JsObject,
        module: &Module,
        context: &mut Context,
    ) {
        let path = module
            .path()
            .map(|path| path.to_string_lossy().into_owned())
            .unwrap_or_default();
        // Defining a property of a new object can't fail.
        let _ = import_meta.create_data_property(js_string!("path"), js_string!(path), context);
    }
}

/// Reads a text and keeps it for places in messages.
///
/// # Errors
/// What the host says, or [`ErrorCode::NotText`].
pub fn read(state: &State, path: &str) -> Result<Rc<str>, ToolError> {
    let (_, bytes) = state.ask(
        &HostCall::Read {
            path: path.to_owned(),
        },
        &[],
    )?;
    let text = String::from_utf8(bytes).map_err(|_| {
        ToolError::new(ErrorCode::NotText, format!("{path} is not text in UTF-8"))
            .path(path)
            .hint("Save the file as UTF-8.")
    })?;
    let text: Rc<str> = text.strip_prefix('\u{feff}').unwrap_or(&text).into();
    state.keep_source(path, text.clone());
    Ok(text)
}

fn json(path: &str, text: &str, context: &mut Context) -> Result<Module, ToolError> {
    let value = crate::api::json::parse(&js_string!(text), context).map_err(|error| {
        let said = failure::parser_words(&error);
        let (said, place) = said.rsplit_once(" at line ").unwrap_or((&said, ""));
        let failure =
            ToolError::new(ErrorCode::LintFailed, format!("SyntaxError: {said}")).path(path);
        match place
            .split_once(", column ")
            .and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?)))
        {
            Some((line, column)) => failure.at(line, column),
            None => failure,
        }
    })?;
    Ok(Module::from_value_as_default(value, context))
}

/// Where a text imports a module: the specifier's place. The engine does not keep it.
fn place_of_import(text: &str, specifier: &str) -> Option<(u32, u32)> {
    let mut first = None;
    for quote in ['"', '\''] {
        let quoted = format!("{quote}{specifier}{quote}");
        for (offset, _) in text.match_indices(&quoted) {
            let before = text[..offset].trim_end().trim_end_matches('(').trim_end();
            if before.ends_with("from") || before.ends_with("import") {
                return Some(place::of_offset(text, offset));
            }
            first = first.or(Some(offset));
        }
    }
    first.map(|offset| place::of_offset(text, offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_found_where_it_is_written_and_not_where_it_is_talked_about() {
        let text =
            "// './a.js' is next\nimport x from './a.js';\nconst y = await import( \"./b.js\");\n";
        assert_eq!(place_of_import(text, "./a.js"), Some((2, 15)));
        assert_eq!(place_of_import(text, "./b.js"), Some((3, 25)));
        assert_eq!(place_of_import(text, "./c.js"), None);
    }
}
