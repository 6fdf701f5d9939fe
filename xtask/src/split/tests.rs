//! Halves beside the whole that they were made of.

use super::*;
use std::collections::BTreeMap;
use wasmi::{AsContextMut, Caller, Engine, Instance, Linker, Memory, MemoryType, Store};

/// A guest whose functions call each other directly and by the table. Function 0 and 1 are imported; `$inner`, `$outer` and the
/// others follow in the order in which they are written.
const GUEST: &str = r#"(module
    (type $unary (func (param i32) (result i32)))
    (import "selvage" "quota" (func $quota))
    (import "selvage" "told" (func $told (param i32) (result i32)))
    (import "env" "memory" (memory 1))
    (table 4 4 funcref)
    (global $calls (mut i32) (i32.const 0))
    (export "calls" (global $calls))
    (export "first" (func $first))
    (export "second" (func $second))
    (export "third" (func $third))
    (elem (i32.const 1) $cold $warm $cold)
    (data (i32.const 8) "\07")
    (func $first (param i32) (result i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (call $warm (local.get 0)))
    (func $second (param i32) (result i32) (call $hidden (local.get 0)))
    (func $third (param i32) (result i32)
        (call_indirect (type $unary) (i32.const 100) (local.get 0)))
    (func $warm (param i32) (result i32) (i32.add (local.get 0) (i32.load8_u (i32.const 8))))
    (func $hidden (param i32) (result i32) (call $told (call $cold (call $warm (local.get 0)))))
    (func $cold (param i32) (result i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 10)))
        (i32.mul (call $warm (local.get 0)) (call $colder)))
    (func $colder (result i32) (call_indirect (type $unary) (i32.const 1) (i32.const 2)))
    (func $never (param i64 f64) (result i32) (call $quota) (i32.const 9)))"#;

/// The number of `$warm`.
const WARM: u32 = 5;

fn halves(wanted: &[u32]) -> Halves {
    let guest = wat::parse_str(GUEST).expect("a guest");
    split(&guest, &wanted.iter().copied().collect()).expect("halves")
}

/// What a host knows: the instance that may miss something, and how often it did.
#[derive(Default)]
struct Host {
    instance: Option<Instance>,
    rest: Option<wasmi::Module>,
    memory: Option<Memory>,
    misses: u32,
}

struct Guest {
    store: Store<Host>,
    instance: Instance,
}

impl Guest {
    /// An instance of a guest in one piece, or of a core that links its rest at the first miss.
    fn new(core: &[u8], rest: Option<&[u8]>) -> Self {
        let engine = Engine::default();
        let module = |bytes: &[u8]| wasmi::Module::new(&engine, bytes).expect("a valid module");
        let mut store = Store::new(&engine, Host::default());
        let memory = Memory::new(&mut store, MemoryType::new(1, None)).expect("a memory");
        store.data_mut().memory = Some(memory);
        store.data_mut().rest = rest.map(module);
        let linker = linker(&engine, memory);
        let instance = linker
            .instantiate_and_start(&mut store, &module(core))
            .expect("an instance");
        store.data_mut().instance = Some(instance);
        Self { store, instance }
    }

    fn call(&mut self, name: &str, argument: i32) -> Option<i32> {
        self.instance
            .get_typed_func::<i32, i32>(&self.store, name)
            .expect("an export")
            .call(&mut self.store, argument)
            .ok()
    }

    fn calls(&self) -> i32 {
        let global = self.instance.get_global(&self.store, "calls");
        global
            .and_then(|global| global.get(&self.store).i32())
            .expect("a number")
    }
}

fn linker(engine: &Engine, memory: Memory) -> Linker<Host> {
    let mut linker = Linker::new(engine);
    linker.define("env", "memory", memory).expect("a name");
    linker.func_wrap("selvage", "quota", || {}).expect("a name");
    linker
        .func_wrap("selvage", "told", |number: i32| number + 1_000)
        .expect("a name");
    linker.func_wrap("selvage", "miss", link).expect("a name");
    linker
}

/// Links the rest, as a host must before it comes back.
fn link(mut caller: Caller<'_, Host>) {
    let host = caller.data_mut();
    host.misses += 1;
    let (instance, rest) = (
        host.instance.expect("a core"),
        host.rest.clone().expect("a rest"),
    );
    let memory = host.memory.expect("a memory");
    let mut linker = linker(caller.engine(), memory);
    let exports: BTreeMap<String, wasmi::Extern> = instance
        .exports(&caller)
        .map(|export| (export.name().to_owned(), export.into_extern()))
        .collect();
    for (name, export) in exports {
        linker.define(CORE, &name, export).expect("a name");
    }
    linker
        .instantiate_and_start(caller.as_context_mut(), &rest)
        .expect("the rest is linked");
}

#[test]
fn halves_give_what_the_whole_gives_whatever_is_in_the_core() {
    let whole = wat::parse_str(GUEST).expect("a guest");
    let all: Vec<u32> = (2..10).collect();
    for wanted in [vec![], vec![WARM], vec![6, 7], vec![7, 8], all] {
        let Halves { core, rest, .. } = halves(&wanted);
        let mut one = Guest::new(&whole, None);
        let mut two = Guest::new(&core, Some(&rest));
        for (name, argument) in [
            ("first", 5),
            ("third", 2),
            ("second", 3),
            ("third", 1),
            ("third", 3),
            ("first", 6),
            ("third", 0),
        ] {
            assert_eq!(
                two.call(name, argument),
                one.call(name, argument),
                "{name} {argument} of {wanted:?}"
            );
            assert_eq!(two.calls(), one.calls(), "{name} {argument} of {wanted:?}");
        }
    }
}

#[test]
fn a_core_misses_nothing_that_was_wanted_and_the_rest_is_missed_once() {
    let Halves {
        core,
        rest,
        kept,
        stubs,
    } = halves(&[WARM]);
    assert_eq!(
        (kept, stubs),
        (4, 2),
        "three exports and what is wanted; what the table has, and what an export calls"
    );
    let mut guest = Guest::new(&core, Some(&rest));
    assert_eq!(guest.call("first", 1), Some(8));
    assert_eq!(guest.call("third", 2), Some(107));
    assert_eq!(guest.store.data().misses, 0);
    assert!(guest.call("second", 1).is_some());
    assert!(guest.call("third", 1).is_some());
    assert_eq!(guest.store.data().misses, 1);
}

#[test]
fn the_same_guest_gives_the_same_halves() {
    let (one, two) = (halves(&[WARM, 7]), halves(&[WARM, 7]));
    assert!(one.core == two.core && one.rest == two.rest);
}

#[test]
fn a_guest_is_refused_whose_halves_could_not_share_what_it_has() {
    for (body, why) in [
        ("(func)", "no table, or several"),
        (
            "(table 1 funcref) (table 1 funcref) (func)",
            "no table, or several",
        ),
        (
            "(table 1 funcref) (elem (i32.const 0) 0) (global i32 (i32.const 0)) (func)",
            "a global that is not exported",
        ),
        (
            "(table 1 funcref) (func $f) (elem declare func $f)",
            "a segment that is not put into a table",
        ),
        ("(table 1 funcref) (func)", "an empty table"),
        (
            "(import \"a\" \"b\" (global i32)) (table 1 funcref) (func)",
            "an import of another kind",
        ),
        (
            "(table 1 funcref) (elem (i32.const 0) 0) (func (param i32))",
            "no function that takes and gives nothing",
        ),
    ] {
        let guest = wat::parse_str(format!("(module {body})")).expect("a module");
        match split(&guest, &BTreeSet::new()) {
            Err(SplitError::Unshared(said)) => assert_eq!(said, why, "{body}"),
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn a_start_function_is_kept_and_runs_once() {
    let guest = wat::parse_str(
        r#"(module (import "env" "memory" (memory 1)) (table 1 1 funcref) (elem (i32.const 0) $start)
            (global $n (mut i32) (i32.const 0)) (export "calls" (global $n))
            (func $start (global.set $n (i32.add (global.get $n) (i32.const 1))) (drop (call $other (i32.const 1))))
            (func $other (param i32) (result i32) (local.get 0))
            (func (export "first") (param i32) (result i32) (call $other (local.get 0)))
            (start $start))"#,
    )
    .expect("a guest");
    let Halves { core, rest, .. } = split(&guest, &BTreeSet::from([1])).expect("halves");
    let mut guest = Guest::new(&core, Some(&rest));
    assert_eq!((guest.call("first", 4), guest.calls()), (Some(4), 1));
}

#[test]
fn a_marked_guest_tells_which_of_its_functions_ran() {
    let guest = wat::parse_str(GUEST).expect("a guest");
    let mut marked = Guest::new(&crate::mark::mark(&guest).expect("marked"), None);
    let ran = |guest: &Guest| {
        let global = guest
            .instance
            .get_global(&guest.store, "ran:0")
            .expect("bits");
        let bits = global.get(&guest.store).i32().expect("a number");
        (0..32)
            .filter(|bit| bits >> bit & 1 == 1)
            .collect::<Vec<u32>>()
    };
    assert_eq!(ran(&marked), Vec::<u32>::new());
    marked.call("first", 1);
    assert_eq!(ran(&marked), [2, WARM]);
    marked.call("third", 1);
    assert_eq!(ran(&marked), [2, 4, WARM, 7, 8]);
}
