use super::*;

/// What an argument becomes for the one parameter of a function with this annotation.
fn given(annotation: &str, value: Value) -> Result<Value, String> {
    let source = format!("from bifrost import workflow\n@workflow\ndef f(x: {annotation}): ...\n");
    let entries = crate::reading::entries(&source);
    let args = json!({ "x": value });
    match bind(&entries[0], &args) {
        Ok(bound) => Ok(bound.get("x").cloned().unwrap_or(json!("left out"))),
        Err(error) => {
            assert_eq!(error.code, ErrorCode::InvalidInput);
            assert!(error.message.contains("`x`"), "{error:?}");
            Err(error.message)
        }
    }
}

#[test]
fn what_fits_is_taken_as_its_parameter_says() {
    for (annotation, value, taken) in [
        ("str", json!("a"), json!("a")),
        ("str", json!(""), json!("")),
        ("str", json!(42), json!("42")),
        ("int", json!(7), json!(7)),
        ("int", json!(7.0), json!(7)),
        ("int", json!(" -12 "), json!(-12)),
        ("int", json!("+3"), json!(3)),
        (
            "int",
            json!("9007199254740993"),
            json!({ "$type": "bigint", "value": "9007199254740993" }),
        ),
        (
            "int",
            json!({ "$type": "bigint", "value": "1" }),
            json!({ "$type": "bigint", "value": "1" }),
        ),
        ("float", json!(3), json!(3.0)),
        ("float", json!("1e3"), json!(1000.0)),
        (
            "float",
            json!({ "$type": "number", "value": "NaN" }),
            json!({ "$type": "number", "value": "NaN" }),
        ),
        ("bool", json!(true), json!(true)),
        ("bool", json!("Yes"), json!(true)),
        ("bool", json!("on"), json!(true)),
        ("bool", json!("1"), json!(true)),
        ("bool", json!("off"), json!(false)),
        ("bool", json!(0), json!(false)),
        ("list", json!([1]), json!([1])),
        ("list[str]", json!("[\"a\"]"), json!(["a"])),
        ("date", json!("2026-03-01"), json!("2026-03-01")),
        (
            "datetime.datetime",
            json!("2026-03-01T09:30"),
            json!("2026-03-01T09:30"),
        ),
        ("time", json!("09:30"), json!("09:30")),
        ("Optional[date]", json!(""), json!("left out")),
        ("dict", json!({ "a": 1 }), json!({ "a": 1 })),
        ("dict", json!("as it is"), json!("as it is")),
        ("dict", json!(null), json!(null)),
        ("Literal['a', 'b']", json!("b"), json!("b")),
        ("Literal[1, 2]", json!("2"), json!(2)),
        ("int | None", json!("5"), json!(5)),
        ("int | None", json!(null), json!("left out")),
        ("Optional[int]", json!(""), json!("left out")),
        ("int = 3", json!(""), json!("left out")),
    ] {
        assert_eq!(
            given(annotation, value.clone()),
            Ok(taken),
            "{annotation} of {value}"
        );
    }
}

#[test]
fn what_does_not_fit_is_refused_by_the_name_of_its_parameter() {
    for (annotation, value, said) in [
        ("str", json!(["a"]), "a text"),
        ("str", json!(true), "a text"),
        ("str", json!(null), "needs"),
        ("int", json!("4.5"), "a whole number"),
        ("int", json!("ten"), "a whole number"),
        ("int", json!("-"), "a whole number"),
        ("int", json!(1.5), "a whole number"),
        ("int", json!(1e300), "a whole number"),
        ("int", json!(true), "a whole number"),
        ("int", json!(""), "needs"),
        ("date", json!(""), "needs"),
        ("float", json!("inf"), "a number"),
        ("float", json!([1]), "a number"),
        ("bool", json!("maybe"), "true or false"),
        ("bool", json!(2), "true or false"),
        ("list", json!("{}"), "a list"),
        ("list", json!({ "a": 1 }), "a list"),
        ("Literal['a', 'b']", json!("c"), "one of \"a\", \"b\""),
    ] {
        let error = given(annotation, value.clone()).expect_err("refused");
        assert!(error.contains(said), "{annotation} of {value}: {error}");
    }
}

#[test]
fn arguments_come_by_name_and_those_that_are_not_taken_stay_away() {
    let entry = |signature: &str| {
        let source = format!("from bifrost import workflow\n@workflow\ndef f({signature}): ...\n");
        crate::reading::entries(&source).remove(0)
    };
    let args = json!({ "a": 1, "b": 2 });
    let bound = |signature: &str| Value::Object(bind(&entry(signature), &args).expect("bound"));
    assert_eq!(bound("context, a"), json!({ "a": 1 }));
    assert_eq!(bound("a, **more"), json!({ "a": 1, "b": 2 }));
    assert_eq!(bound(""), json!({}));
    let taken = bind(&entry("a, n: int = 1"), &json!([1])).expect_err("no names");
    assert_eq!(
        taken.hint.as_deref(),
        Some("It takes `a` (JSON), `n` (integer, optional).")
    );
    assert_eq!(taken.line, Some(3));
    let missing = bind(&entry("a, n: int = 1"), &json!({})).expect_err("missing");
    assert_eq!(missing.message, "`f` needs the argument `a`.");
}

#[test]
fn the_only_entry_is_called_by_itself_and_of_several_the_one_that_was_named() {
    let job = |function: Option<&str>| GuestJob {
        abi: selvage_tool::guest::ABI,
        entry: "a.py".into(),
        function: function.map(str::to_owned),
        shape: selvage_tool::guest::Shape::Script,
        module: false,
        args: Value::Null,
        env: std::collections::BTreeMap::new(),
        stack_calls_max: 1,
        run: String::new(),
        began_ms: 0,
    };
    let source =
        "from bifrost import tool, workflow\n@workflow\ndef f(): ...\n@tool\ndef g(): ...\n";
    let both = crate::reading::entries(source);
    let name = |function, entries| {
        let found = chosen(&job(function), entries).map_err(|error| (error.code, error.hint));
        found.map(|entry| entry.map(|entry: &Entry| entry.function.clone()))
    };
    let listed = |code, hint: &str| Err((code, Some(hint.to_owned())));
    assert_eq!(name(None, &[]), Ok(None));
    assert_eq!(name(None, &both[..1]), Ok(Some("f".into())));
    assert_eq!(name(Some("g"), &both), Ok(Some("g".into())));
    assert_eq!(
        name(None, &both),
        listed(ErrorCode::InvalidInput, "Name one: `a.py::f`, `a.py::g`.")
    );
    assert_eq!(
        name(Some("h"), &both),
        listed(ErrorCode::NotFound, "It has `a.py::f`, `a.py::g`.")
    );
    let undecorated = "Decorate the function with `@workflow`, from `bifrost`.";
    assert_eq!(
        name(Some("h"), &[]),
        listed(ErrorCode::NotFound, undecorated)
    );
}

#[test]
fn an_error_shows_so_much_of_a_value_and_so_many_options() {
    let error = given("int", json!("x".repeat(500))).expect_err("no number");
    assert!(error.len() < SHOWN_CHARS_MAX + 100, "{error}");
    let options: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    let error = given(&format!("Literal[{}]", options.join(", ")), json!(99)).expect_err("none");
    assert!(error.contains(", 19,") && !error.contains("20"), "{error}");
}
