;; Two timers, of which the shorter was set last and must come first.
;; expect OK
;; frame yielded {"state":"yielded","waiting":2,"calls":[{"id":1,"request":{"op":"sleep","ms":60},"body":null},{"id":2,"request":{"op":"sleep","ms":30},"body":null}]}
;; frame waiting {"state":"yielded","waiting":1,"calls":[]}
;; frame done {"state":"finished","outcome":{"value":"slept"}}
(global $rung (mut i32) (i32.const 0))
(func (export "selvage_start") (param i32 i32) (result i64) (global.get $yielded))
(func (export "selvage_resume") (param $at i32) (param $length i32) (result i64)
  (call $tell (local.get $at) (local.get $length))
  (global.set $rung (i32.add (global.get $rung) (i32.const 1)))
  (if (result i64) (i32.eq (global.get $rung) (i32.const 2))
    (then (global.get $done))
    (else (global.get $waiting))))
