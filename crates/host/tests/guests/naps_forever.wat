;; Sleeps within a computation, for longer than it may take on the clock.
;; limits {"wallMsMax":100}
;; expect QUOTA_WALL
(func (export "selvage_start") (param i32 i32) (result i64)
  (call $sleep (f64.const 1e12))
  unreachable)
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
