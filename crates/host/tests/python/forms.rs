//! `bifrost.forms`: the forms of the workspace, as a workflow sees them.

use super::bench;
use super::sdk::main_of;
use serde_json::json;

#[test]
fn a_workflow_looks_at_the_forms_of_the_workspace() {
    let mut bench = bench();
    let order = json!({
        "title": "Order cloth", "workflow": "workflow::orders::place_order", "fields": [{ "name": "count", "type": "number" }],
        "default_launch_params": { "from": "form" }
    });
    let intake = json!({ "id": "f-1", "name": "Intake", "workflow_id": "workflows/a.py::main", "form_schema": { "fields": [] } });
    for (path, content) in [
        ("forms/shop/order.form.json", order.to_string()),
        ("forms/intake.form.json", intake.to_string()),
        ("forms/late.form.yaml", "name: Late\n".into()),
        ("forms/notes.json", "[]".into()),
        ("forms/twin.form.json", "{}".into()),
        ("forms/shop/twin.form.json", "{}".into()),
    ] {
        let input = json!({ "path": path, "content": content });
        bench.call("write", input).expect("written");
    }
    let body = "\
all = await forms.list()
order = await forms.get('order')
same = [await forms.get(name) == order for name in ('Order cloth', 'forms/shop/order.form.json')]
said = []
for name in ('nobody', 'twin', 'late'):
    try:
        await forms.get(name)
    except (ValidationError, NotAvailable) as error:
        said.append([type(error).__name__, str(error).partition(':')[0].partition(', ')[0]])
return [[(one.id, one.name) for one in all], same, order.workflow_id, order.form_schema, order.default_launch_params,
    (await forms.get('f-1')).workflow_id, said]";
    let found = main_of(
        &mut bench,
        "forms, NotAvailable, ValidationError",
        body,
        json!({}),
    );
    let all = json!([
        ["f-1", "Intake"],
        ["forms/late.form.yaml", "late"],
        ["forms/shop/order.form.json", "Order cloth"],
        ["forms/shop/twin.form.json", "twin"],
        ["forms/twin.form.json", "twin"]
    ]);
    let said = json!([
        ["ValidationError", "there is no form 'nobody'"],
        [
            "ValidationError",
            "several forms are called 'twin'. Name one by its path"
        ],
        ["NotAvailable", "forms/late.form.yaml is YAML"]
    ]);
    let expected = json!([
        all,
        [true, true],
        "workflow::orders::place_order",
        { "fields": [{ "name": "count", "type": "number" }] },
        { "from": "form" },
        "workflows/a.py::main",
        said
    ]);
    assert_eq!(found, expected);
}

#[test]
fn a_form_that_does_not_read_is_named_and_hides_no_other() {
    let mut bench = bench();
    let body = "\
[form] = await forms.list()
assert (form.name, form.id) == ('broken', 'forms/broken.form.json'), form
try:
    await forms.get('broken')
except (ValidationError, WorkflowError) as error:
    return str(error)[:28]";
    for content in ["{", "[]"] {
        let input = json!({ "path": "forms/broken.form.json", "content": content });
        bench.call("write", input).expect("written");
        let imports = "forms, ValidationError, WorkflowError";
        let said = main_of(&mut bench, imports, body, json!({}));
        let said = said.as_str().expect("an error");
        assert!(said.starts_with("forms/broken.form.json "), "{said}");
    }
}
