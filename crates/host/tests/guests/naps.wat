;; Sleeps within a computation, for longer than it may compute, and ends well.
;; limits {"cpuMsMax":50}
;; expect OK
;; frame done {"state":"finished","outcome":{"value":42}}
(func (export "selvage_start") (param i32 i32) (result i64)
  (call $sleep (f64.const 100))
  (call $turn)
  (global.get $done))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
