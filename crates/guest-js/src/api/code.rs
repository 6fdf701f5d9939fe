//! No text is run as code: `eval` and the constructors of functions throw.
//!
//! The engine asks a hook before it compiles a text. Putting our own functions in the place of its
//! own gives the same answer earlier, and lets the build leave out what only they would reach.

use super::Api;
use boa_engine::native_function::NativeFunction;
use boa_engine::object::{FunctionObjectBuilder, JsObject};
use boa_engine::property::PropertyDescriptor;
use boa_engine::{Context, JsError, JsNativeError, JsResult, JsValue, js_string};

/// What a flow that tries is told.
pub fn refused() -> JsError {
    let message = "text can't be run as code: eval and new Function are switched off; write the code into a file and import it";
    JsNativeError::eval().with_message(message).into()
}

fn refuse(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Err(refused())
}

pub(super) fn install(api: &mut Api) -> JsResult<()> {
    let eval = api.function("eval", 1, refuse);
    api.global("eval", eval)?;
    let constructors = api.context.intrinsics().constructors();
    let kinds = [
        ("Function", constructors.function().prototype()),
        ("AsyncFunction", constructors.async_function().prototype()),
        (
            "GeneratorFunction",
            constructors.generator_function().prototype(),
        ),
        (
            "AsyncGeneratorFunction",
            constructors.async_generator_function().prototype(),
        ),
    ];
    for (name, prototype) in kinds {
        let constructor = constructor(name, &prototype, api);
        if name == "Function" {
            api.global(name, constructor)?;
        }
    }
    Ok(())
}

/// A constructor that throws, for the instances of `prototype`.
fn constructor(name: &str, prototype: &JsObject, api: &mut Api) -> JsObject {
    let function = NativeFunction::from_fn_ptr(refuse);
    let constructor: JsObject = FunctionObjectBuilder::new(api.context.realm(), function)
        .name(js_string!(name))
        .length(1)
        .constructor(true)
        .build()
        .into();
    let fixed = PropertyDescriptor::builder()
        .value(prototype.clone())
        .writable(false)
        .enumerable(false)
        .configurable(false);
    constructor.insert_property(js_string!("prototype"), fixed.build());
    let back = PropertyDescriptor::builder()
        .value(constructor.clone())
        .writable(true)
        .enumerable(false)
        .configurable(true);
    prototype.insert_property(js_string!("constructor"), back.build());
    constructor
}
