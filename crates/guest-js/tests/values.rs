//! Values that come back as they went, from a seed.

mod common;

use common::{Memory, Outside, job, run};
use selvage_tool::guest::{GuestOutcome, Shape};
use serde_json::{Value, json};
use std::rc::Rc;

fn memory(text: &str) -> Rc<Memory> {
    let memory = Rc::new(Memory::default());
    memory
        .files
        .borrow_mut()
        .insert("main.flow.js".into(), text.as_bytes().to_vec());
    memory
}

#[test]
fn strings_of_all_kinds_survive_the_way_out_and_in() {
    let seed = 0x5eed_u64;
    let mut state = seed;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    for round in 0..50 {
        let value = random_value(&mut next, 4);
        let memory = memory("flow.args");
        let outcome = run(
            &memory,
            &mut Outside::default(),
            &job("main.flow.js", Shape::Script, false, json!([value])),
        );
        assert_eq!(
            outcome,
            GuestOutcome::Value(json!([value])),
            "seed {seed:#x}, round {round}"
        );
        let memory = memory_with_json(&value);
        let outcome = run(
            &memory,
            &mut Outside::default(),
            &job("main.flow.js", Shape::Script, false, Value::Null),
        );
        assert_eq!(
            outcome,
            GuestOutcome::Value(value),
            "seed {seed:#x}, round {round}, through JSON.parse and JSON.stringify"
        );
    }
}

fn memory_with_json(value: &Value) -> Rc<Memory> {
    let memory = memory("flow.fs.readJSON('v.json').then((v) => JSON.parse(JSON.stringify(v)))");
    memory
        .files
        .borrow_mut()
        .insert("v.json".into(), value.to_string().into_bytes());
    memory
}

fn random_value(next: &mut impl FnMut() -> u32, depth: u32) -> Value {
    match next() % if depth == 0 { 5 } else { 7 } {
        0 => Value::Null,
        1 => next().is_multiple_of(2).into(),
        2 => i64::from(next().cast_signed()).into(),
        3 => (f64::from(next()) / 1000.0 + 0.5).into(),
        4 => {
            let letters = [
                'a', '"', '\\', '\n', '\u{0}', 'ü', '日', '😀', '\u{2028}', '/',
            ];
            (0..next() % 8)
                .map(|_| letters[next() as usize % letters.len()])
                .collect::<String>()
                .into()
        }
        5 => (0..next() % 5)
            .map(|_| random_value(next, depth - 1))
            .collect::<Vec<_>>()
            .into(),
        _ => Value::Object(
            (0..next() % 5)
                .map(|index| {
                    (
                        format!("k{index}{}", next() % 3),
                        random_value(next, depth - 1),
                    )
                })
                .collect(),
        ),
    }
}
