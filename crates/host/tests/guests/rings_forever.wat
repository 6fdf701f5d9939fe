;; A timer of no time after the other: no call of the guest computes for long.
;; limits {"callsMax": 300}
;; expect QUOTA_CALLS
;; frame yielded {"state":"yielded","waiting":1,"calls":[{"id":1000000,"request":{"op":"sleep","ms":0},"body":null}]}
(global $id (mut i32) (i32.const 1000000))
;; Counts up the number in the frame, which has seven digits and 50 bytes before it.
(func $next (result i64) (local $at i32) (local $rest i32) (local $digits i32)
  (global.set $id (i32.add (global.get $id) (i32.const 1)))
  (local.set $at (i32.add (i32.wrap_i64 (i64.shr_u (global.get $yielded) (i64.const 32))) (i32.const 57)))
  (local.set $rest (global.get $id))
  (local.set $digits (i32.const 7))
  (loop $digit
    (call $turn)
    (local.set $at (i32.sub (local.get $at) (i32.const 1)))
    (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $rest) (i32.const 10))))
    (local.set $rest (i32.div_u (local.get $rest) (i32.const 10)))
    (br_if $digit (local.tee $digits (i32.sub (local.get $digits) (i32.const 1)))))
  (global.get $yielded))
(func (export "selvage_start") (param i32 i32) (result i64) (call $next))
(func (export "selvage_resume") (param i32 i32) (result i64) (call $next))
