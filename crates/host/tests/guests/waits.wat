;; A tool call whose answer it waits for where it stands, and logs as it came.
;; expect OK
;; frame asks {"id":7,"request":{"op":"tool","name":"ls","input":{"path":"a"}},"body":null}
;; frame done {"state":"finished","outcome":{"value":42}}
(func (export "selvage_start") (param i32 i32) (result i64) (local $length i32)
  (local.set $length
    (call $wait (i32.wrap_i64 (i64.shr_u (global.get $asks) (i64.const 32))) (i32.wrap_i64 (global.get $asks))))
  (call $take (i32.const 0x10000))
  (call $tell (i32.const 0x10000) (local.get $length))
  (call $turn)
  (global.get $done))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
