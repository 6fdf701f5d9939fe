;; What every test guest begins with: the imports and exports of the guest ABI. A guest's own file adds
;; `selvage_start` and `selvage_resume`. Its comments are data:
;;
;;   `;; frame <name> <header>`  a frame in memory, its body after ` | `; the global `$<name>` is its pointer << 32 | length
;;   `;; limits <json>`          the limits of its run
;;   `;; expect <code or OK>`    how its run ends
;;
;; frame checked {"error":null}
(import "env" "memory" (memory 2))
(import "selvage" "call" (func $call (param i32 i32) (result i32)))
(import "selvage" "take" (func $take (param i32)))
(import "selvage" "quota" (func $quota))
(import "selvage" "sleep" (func $sleep (param f64)))
(import "selvage" "wait" (func $wait (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
(import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "path_open"
  (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
(global $fuel (export "fuel") (mut i64) (i64.const 0))
(global $fault (mut i32) (i32.const 0))
(func (export "_initialize"))
(func (export "selvage_warm"))
(func (export "selvage_alloc") (param i32) (result i32) (i32.const 0x10000))
(func (export "selvage_check") (param i32 i32) (result i64) (global.get $checked))
(func (export "selvage_fault") (result i32) (global.get $fault))
;; What the fuel pass puts at the head of every loop.
(func $turn
  (global.set $fuel (i64.sub (global.get $fuel) (i64.const 1)))
  (if (i64.lt_s (global.get $fuel) (i64.const 0)) (then (call $quota))))
;; Makes the call of a frame.
(func $ask (param $frame i64) (result i32)
  (call $call (i32.wrap_i64 (i64.shr_u (local.get $frame) (i64.const 32))) (i32.wrap_i64 (local.get $frame))))
;; Logs so many bytes from a place. The frame's body comes after its header in memory.
;; frame log {"op":"log","level":"info","source":"flow"}
(func $tell (param $at i32) (param $length i32)
  (memory.copy
    (i32.const 0xC000)
    (i32.wrap_i64 (i64.shr_u (global.get $log) (i64.const 32)))
    (i32.wrap_i64 (global.get $log)))
  (memory.copy
    (i32.add (i32.const 0xC000) (i32.wrap_i64 (global.get $log)))
    (local.get $at)
    (local.get $length))
  (drop (call $call (i32.const 0xC000) (i32.add (i32.wrap_i64 (global.get $log)) (local.get $length)))))
