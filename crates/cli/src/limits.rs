//! The limits of a run, by the names that are written.

use selvage_tool::quota::Limits;
use serde_json::{Map, Value, json};

/// The most that each can be.
fn ceilings() -> Map<String, Value> {
    match json!(Limits::CEILING) {
        Value::Object(ceilings) => ceilings,
        _ => Map::new(),
    }
}

/// Their names.
pub fn names() -> Vec<String> {
    ceilings().into_iter().map(|(name, _)| name).collect()
}

/// Whether a run has a limit of this name.
pub fn is_one(name: &str) -> bool {
    ceilings().contains_key(name)
}

/// What is asked for beyond what a run may have, in a sentence each.
pub fn beyond(asked: &Value) -> Vec<String> {
    let ceilings = ceilings();
    let asked = asked.as_object().into_iter().flatten();
    let beyond = asked.filter_map(|(name, asked)| {
        let most = ceilings.get(name)?.as_u64()?;
        (asked.as_u64()? > most).then(|| {
            format!("{name} is {most} here, the most that a run can have, and not {asked}")
        })
    });
    beyond.collect()
}
