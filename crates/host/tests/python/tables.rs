//! Tables of documents over the workspace's files.

use super::bench;
use super::sdk::{main_of, text, value};
use serde_json::{Value, json};

#[test]
fn a_table_is_a_folder_and_a_document_a_file() {
    let mut bench = bench();
    let body = "\
made = await tables.create('customers', description='All of them')
first = await tables.insert('customers', {'name': 'Acme', 'tags': ['a']}, id='acme/1')
second = await tables.insert('customers', {'name': 'Brot'})
third = await tables.insert('customers', {'name': 'Cord'})
await tables.upsert('customers', id='acme/1', data={'name': 'Acme', 'city': 'X'})
updated = await tables.update('customers', 'acme/1', {'city': 'Y', 'n': 1})
batch = await tables.upsert_batch('other', [{'id': 'x', 'data': {'a': 1}}, {'id': 'y', 'data': {'a': 2}}])
said = []
for refused in (tables.insert('customers', {}, id='acme/1'), tables.create('customers'), tables.create('No'), tables.insert('t', [1]), tables.insert('t', {'a': print})):
    try:
        await refused
    except ValidationError as error:
        said.append(str(error))
return [made.description, updated.data, second.id < third.id, (await tables.get('customers', second.id)).data, await tables.get('customers', 'none'),
    await tables.update('customers', 'none', {}), [t.name for t in await tables.list()], batch.count, await tables.delete_document('other', 'x'),
    await tables.delete_document('other', 'x'), await tables.count('other'), await tables.delete('other'), await tables.delete('other'), said]";
    let found = main_of(&mut bench, "tables, ValidationError", body, json!({}));
    let said = json!([
        "the table 'customers' has a document 'acme/1' already",
        "there is a table 'customers' already",
        "'No' is no name of a table: small letters, digits, `_` and `-`, a letter first",
        "a document is a dict, and not a list",
        "what goes into tables/t/x.json must have a form in JSON: a builtin_function_or_method has none",
    ]);
    let members = found.as_array().expect("a list");
    let expected = json!([
        "All of them", { "name": "Acme", "city": "Y", "n": 1 }, true, { "name": "Brot" }, null,
        null, ["customers", "other"], 2, true, false, 1, true, false
    ]);
    assert_eq!(Value::Array(members[..13].to_vec()), expected);
    for (told, expected) in members[13]
        .as_array()
        .expect("said")
        .iter()
        .zip(said.as_array().expect("said"))
        .take(4)
    {
        assert_eq!(told, expected);
    }
    assert!(
        members[13][4]
            .as_str()
            .expect("a text")
            .ends_with("has none"),
        "{found}"
    );
    assert_eq!(
        text(&mut bench, "tables/customers/acme%2F1.json"),
        "{\n  \"name\": \"Acme\",\n  \"city\": \"Y\",\n  \"n\": 1\n}\n"
    );
    bench
        .call(
            "write",
            json!({ "path": "tables/broken/a.json", "content": "{\"a\": 1,,}" }),
        )
        .expect("written");
    let body = "\
try:
    await tables.query('broken')
except WorkflowError as error:
    return str(error)";
    let said = main_of(&mut bench, "tables, WorkflowError", body, json!({}));
    assert!(
        said.as_str()
            .expect("a text")
            .starts_with("tables/broken/a.json is no JSON: "),
        "{said}"
    );
}

#[test]
fn documents_are_found_by_conditions_in_order_and_page_by_page() {
    let body = "\
rows = [('a', 'Acme', 5, 'X'), ('b', 'beta', None, 'Y'), ('c', 'Cee', 1.5, 'X'), ('d', 'dee', True, None)]
for id, name, amount, city in rows:
    await tables.insert('t', {'name': name, 'amount': amount, 'owner': {'city': city} if city else None, 'tags': [id]}, id=id)
async def ids(where=None, **more):
    return ''.join(document.id for document in (await tables.query('t', where=where, **more)).documents)
page = await tables.query('t', order_by='amount', order_dir='desc', limit=2, offset=1)
try:
    await tables.query('t', where={'name': {'like': 'A%'}})
except ValidationError as error:
    said = str(error)
return [await ids(), await ids({'amount': {'gte': 1.5}}), await ids({'amount': {'gt': 1.5, 'lt': 9}}), await ids({'amount': True}), await ids({'amount': {'lte': 5}}),
    await ids({'amount': {'ne': 5}}), await ids({'amount': {'is_null': True}}), await ids({'none': None}), await ids({'none': {'is_null': False}}),
    await ids({'owner.city': 'X'}), await ids({'owner': {'has_key': 'city'}}), await ids({'name': {'contains': 'E', 'starts_with': 'a'}}), await ids({'name': {'ends_with': 'EE'}}),
    await ids({'tags': {'contains': 'c'}}), await ids({'amount': {'in': [5, 1.5]}}), await ids({'name': {'gt': 1}}), await ids(order_by='name'), await ids(limit=0),
    [document.id for document in page.documents], page.total, await tables.count('t', {'amount': {'neq': 5}}), await ids(order_by='owner.city', order_dir='desc'), said]";
    let expected = json!([
        "abcd",
        "ac",
        "a",
        "d",
        "ac",
        "bcd",
        "b",
        "abcd",
        "",
        "ac",
        "abc",
        "a",
        "cd",
        "c",
        "ac",
        "",
        "acbd",
        "",
        ["a", "c"],
        4,
        3,
        "dbca",
        "where['name'] has no operator like; there are eq, neq, ne, gt, gte, lt, lte, in, is_null, has_key, contains, starts_with, ends_with"
    ]);
    assert_eq!(value("tables, ValidationError", body), expected);
}
