;; A tool call, whose answer is logged as it came.
;; expect OK
;; frame yielded {"state":"yielded","waiting":1,"calls":[{"id":7,"request":{"op":"tool","name":"ls","input":{"path":"a"}},"body":null}]}
;; frame done {"state":"finished","outcome":{"value":null}}
(func (export "selvage_start") (param i32 i32) (result i64) (global.get $yielded))
(func (export "selvage_resume") (param $at i32) (param $length i32) (result i64)
  (call $tell (local.get $at) (local.get $length))
  (global.get $done))
