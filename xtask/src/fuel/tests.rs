use super::*;
use wasmi::{Caller, Engine, Extern, Linker, Memory, Store, Val};

const HEAD: &str = r#"(import "selvage" "quota" (func $quota)) (import "env" "memory" (memory 1))"#;

/// What happened when a guest's `run` was called.
#[derive(Debug, PartialEq, Eq)]
struct Trip {
    result: Option<i32>,
    turns: i64,
    hooks: u32,
}

/// The host's side of the bargain: it adds `step` at each call of the hook, and refuses once `limit` would be passed.
struct Host {
    step: i64,
    limit: i64,
    added: i64,
    hooks: u32,
}

fn module(body: &str) -> Vec<u8> {
    wat::parse_str(format!("(module {HEAD} {body})")).expect("a module")
}

fn trip(guest: &[u8], argument: i32, step: i64, limit: i64) -> Trip {
    let engine = Engine::default();
    let module = wasmi::Module::new(&engine, guest).expect("a valid module");
    let mut store = Store::new(
        &engine,
        Host {
            step,
            limit,
            added: 0,
            hooks: 0,
        },
    );
    let mut linker = Linker::new(&engine);
    let memory = Memory::new(&mut store, wasmi::MemoryType::new(1, Some(2))).expect("a memory");
    linker.define("env", "memory", memory).expect("a name");
    let hook = |mut caller: Caller<'_, Host>| -> Result<(), wasmi::Error> {
        let Some(Extern::Global(fuel)) = caller.get_export(FUEL_EXPORT) else {
            return Err(wasmi::Error::new("no fuel"));
        };
        let left = fuel.get(&caller).i64().expect("an i64");
        assert!(left < 0, "the hook is called only when the fuel is used up");
        let host = caller.data_mut();
        host.hooks += 1;
        if host.added + host.step > host.limit {
            return Err(wasmi::Error::new("quota"));
        }
        host.added += host.step;
        let more = left + host.step;
        fuel.set(&mut caller, Val::I64(more))
            .map_err(|error| wasmi::Error::new(error.to_string()))
    };
    linker.func_wrap("selvage", "quota", hook).expect("a name");
    let instance = linker
        .instantiate_and_start(&mut store, &module)
        .expect("an instance");
    let run = instance
        .get_typed_func::<i32, i32>(&store, "run")
        .expect("run");
    let result = run.call(&mut store, argument).ok();
    let left = instance
        .get_global(&store, FUEL_EXPORT)
        .expect("fuel")
        .get(&store)
        .i64()
        .expect("an i64");
    Trip {
        result,
        turns: store.data().added - left,
        hooks: store.data().hooks,
    }
}

const COUNT_DOWN: &str = r#"(func (export "run") (param $n i32) (result i32) (local $sum i32)
    loop $again
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))
    end
    local.get $sum)"#;

#[test]
fn every_turn_of_a_loop_is_counted_whatever_the_host_adds_at_a_time() {
    let guest = fuel(&module(COUNT_DOWN)).expect("fueled");
    assert_eq!(guest.loops, 1);
    for (step, hooks) in [(1, 1000), (7, 143), (999, 2), (1000, 1), (20_000, 1)] {
        assert_eq!(
            trip(&guest.wasm, 1000, step, i64::MAX),
            Trip {
                result: Some(500_500),
                turns: 1000,
                hooks
            }
        );
    }
}

#[test]
fn a_loop_that_never_ends_is_stopped_at_the_turn_after_the_last_allowed_one() {
    let guest = fuel(&module(
        r#"(func (export "run") (param i32) (result i32) loop br 0 end i32.const 1)"#,
    ))
    .expect("fueled");
    assert_eq!(
        trip(&guest.wasm, 0, 100, 5000),
        Trip {
            result: None,
            turns: 5001,
            hooks: 51
        }
    );
}

#[test]
fn nested_loops_count_each_for_itself() {
    let guest = fuel(&module(
        r#"(func (export "run") (param $n i32) (result i32) (local $m i32) (local $all i32)
            loop $outer
              (local.set $m (i32.const 20))
              loop $inner
                (local.set $all (i32.add (local.get $all) (i32.const 1)))
                (br_if $inner (local.tee $m (i32.sub (local.get $m) (i32.const 1))))
              end
              (br_if $outer (local.tee $n (i32.sub (local.get $n) (i32.const 1))))
            end
            local.get $all)"#,
    ))
    .expect("fueled");
    assert_eq!(guest.loops, 2);
    assert_eq!(trip(&guest.wasm, 10, 3, i64::MAX).turns, 10 + 10 * 20);
    assert_eq!(trip(&guest.wasm, 10, 3, i64::MAX).result, Some(200));
}

#[test]
fn a_loop_with_parameters_and_results_keeps_its_operands() {
    // Computes n! with both numbers on the operand stack, never in a local.
    let guest = fuel(&module(
        r#"(func $swap_step (param i32 i32) (result i32 i32)
              (i32.mul (local.get 0) (local.get 1)) (i32.sub (local.get 1) (i32.const 1)))
           (func (export "run") (param $n i32) (result i32)
              i32.const 1
              local.get $n
              loop $again (param i32 i32) (result i32)
                call $swap_step
                local.tee $n
                local.get $n
                br_if $again
                drop
              end)"#,
    ))
    .expect("fueled");
    assert_eq!(
        trip(&guest.wasm, 6, 1, i64::MAX),
        Trip {
            result: Some(720),
            turns: 6,
            hooks: 6
        }
    );
}

#[test]
fn a_branch_table_counts_the_loop_it_jumps_to() {
    // Turns 3 and 2 go to the inner header, turn 1 to the outer one, turn 0 out.
    let guest = fuel(&module(
        r#"(func (export "run") (param $n i32) (result i32) (local $outer i32)
            block $out
              loop $a
                (local.set $outer (i32.add (local.get $outer) (i32.const 1)))
                loop $b
                  (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                  (br_table $out $a $b (local.get $n))
                end
              end
            end
            local.get $outer)"#,
    ))
    .expect("fueled");
    // n = 4: outer, inner (3 -> b), inner (2 -> b), inner (1 -> a), outer, inner (0 -> out).
    assert_eq!(
        trip(&guest.wasm, 4, 2, i64::MAX),
        Trip {
            result: Some(2),
            turns: 6,
            hooks: 3
        }
    );
}

#[test]
fn code_that_is_never_reached_stays_valid() {
    let guest = fuel(&module(
        r#"(func (export "run") (param i32) (result i32)
            (return (local.get 0))
            loop (param i32) (result i32) br 0 end)"#,
    ))
    .expect("fueled");
    assert_eq!(
        trip(&guest.wasm, 5, 1, i64::MAX),
        Trip {
            result: Some(5),
            turns: 0,
            hooks: 0
        }
    );
}

#[test]
fn locals_globals_tables_data_and_start_are_what_they_were() {
    let guest = fuel(&module(
        r#"(global $a (mut i32) (i32.const 3)) (global $b (mut i64) (i64.const 4))
           (table 1 funcref) (elem (i32.const 0) $twice) (data (i32.const 16) "\05")
           (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
           (func $start loop (global.set $a (i32.const 30)) end)
           (start $start)
           (func (export "run") (param $n i32) (result i32) (local $x i64) (local f32 f32) (local $y i32)
              (local.set $y (i32.const 100)) (local.set $x (global.get $b))
              loop end
              (i32.add (global.get $a) (i32.add (i32.wrap_i64 (local.get $x))
                (i32.add (local.get $y) (i32.add (i32.load8_u (i32.const 16))
                  (call_indirect (param i32) (result i32) (local.get $n) (i32.const 0)))))))"#,
    ))
    .expect("fueled");
    // 30 + 4 + 100 + 5 + 2 * 7; two turns: one in the start function, one in the run.
    assert_eq!(
        trip(&guest.wasm, 7, 10, i64::MAX),
        Trip {
            result: Some(153),
            turns: 2,
            hooks: 1
        }
    );
}

/// A tree of loops, each with a number of turns; a seed makes the same one on every machine.
struct Forest(u64);

impl Forest {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// Gives the text of some loops and how many turns they take in all.
    fn grow(&mut self, depth: usize, locals: &mut usize) -> (String, i64) {
        let (mut text, mut turns) = (String::new(), 0);
        for _ in 0..=self.below(2) {
            let (n, local) = (self.below(5) + 1, *locals);
            *locals += 1;
            let (inner, inner_turns) = if depth == 0 {
                (String::new(), 0)
            } else {
                self.grow(depth - 1, locals)
            };
            turns += n as i64 * (1 + inner_turns);
            text += &format!(
                "(local.set $l{local} (i32.const {n})) loop {inner}
                 (br_if 0 (local.tee $l{local} (i32.sub (local.get $l{local}) (i32.const 1)))) end "
            );
        }
        (text, turns)
    }
}

#[test]
fn any_tree_of_loops_counts_what_arithmetic_says() {
    for seed in 0..60 {
        let (mut forest, mut locals) = (Forest(seed), 0);
        let (text, turns) = forest.grow(3, &mut locals);
        let names: String = (0..locals)
            .map(|local| format!("(local $l{local} i32) "))
            .collect();
        let guest = module(&format!(
            r#"(func (export "run") (param i32) (result i32) {names} {text} (local.get 0))"#
        ));
        let guest = fuel(&guest).expect("fueled");
        assert_eq!(guest.loops, locals, "seed {seed}");
        let step = forest.below(50) as i64 + 1;
        let trip = trip(&guest.wasm, 9, step, i64::MAX);
        assert_eq!((trip.result, trip.turns), (Some(9), turns), "seed {seed}");
        assert_eq!(
            i64::from(trip.hooks),
            (turns + step - 1) / step,
            "seed {seed}"
        );
    }
}

#[test]
fn the_same_guest_gives_the_same_bytes_and_a_function_without_loops_keeps_its_own() {
    let plain = r#"(func (export "plain") (param i64) (result i64) (i64.add (local.get 0) (i64.const 77)))"#;
    let guest = module(&format!("{plain} {COUNT_DOWN}"));
    let fueled = fuel(&guest).expect("fueled");
    assert_eq!(fueled, fuel(&guest).expect("fueled"));
    let body = [0, 0x20, 0, 0x42, 0xcd, 0, 0x7c, 0x0b];
    let found = |bytes: &[u8]| bytes.windows(body.len()).any(|window| window == body);
    assert!(found(&guest) && found(&fueled.wasm));
}

#[test]
fn the_host_sets_the_maximum_of_the_memory() {
    let text = format!(
        "(module {} {COUNT_DOWN})",
        HEAD.replace("(memory 1)", "(memory 1 65536)")
    );
    let guest = wat::parse_str(&text).expect("a module");
    // The host of these tests offers two pages at most: that links only when the guest asks for no maximum.
    assert_eq!(
        trip(&fuel(&guest).expect("fueled").wasm, 3, 10, i64::MAX).result,
        Some(6)
    );
}

#[test]
fn what_fuel_cannot_bound_is_refused() {
    let quota = r#"(import "selvage" "quota" (func))"#;
    let cases = [
        (
            "no hook",
            format!(r#"(module (import "env" "memory" (memory 1)) {COUNT_DOWN})"#),
            "does not import",
        ),
        (
            "another type",
            format!(r#"(module (import "selvage" "quota" (func (param i32))) {COUNT_DOWN})"#),
            "another type",
        ),
        (
            "own memory",
            format!("(module {quota} (memory 1) {COUNT_DOWN})"),
            "memory of its own",
        ),
        ("no loop", format!("(module {quota})"), "no loop"),
        (
            "a name taken",
            format!(
                r#"(module {HEAD} (global i32 (i32.const 0)) (export "fuel" (global 0)) {COUNT_DOWN})"#
            ),
            "already",
        ),
        (
            "tail call",
            format!("(module {HEAD} (func $f return_call $f) {COUNT_DOWN})"),
            "tail calls",
        ),
        (
            "exceptions",
            format!("(module {HEAD} (tag $t) (func (throw $t)) {COUNT_DOWN})"),
            "exceptions",
        ),
        (
            "a net under the hook",
            format!(
                "(module {HEAD} (func block $b try_table (catch_all $b) call $quota end end) {COUNT_DOWN})"
            ),
            "exceptions",
        ),
        (
            "threads",
            format!(r#"(module {quota} (import "env" "memory" (memory 1 2 shared)) {COUNT_DOWN})"#),
            "threads",
        ),
        (
            "64-bit memory",
            format!(r#"(module {quota} (import "env" "memory" (memory i64 1)) {COUNT_DOWN})"#),
            "memory64",
        ),
    ];
    for (name, text, why) in cases {
        let guest = wat::parse_str(&text).expect(name);
        let error = fuel(&guest).expect_err(name).to_string();
        assert!(error.contains(why), "{name}: {error}");
    }
    assert!(matches!(
        fuel(b"\0asm\x01\0\0\0\xff"),
        Err(FuelError::Unsupported(_))
    ));
}

#[test]
fn the_pass_is_not_applied_twice() {
    let once = fuel(&module(COUNT_DOWN)).expect("fueled");
    assert!(matches!(fuel(&once.wasm), Err(FuelError::FuelTaken)));
}
