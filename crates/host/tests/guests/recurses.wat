;; expect QUOTA_STACK
(func $down (param i64) (result i64)
  (i64.add (call $down (i64.add (local.get 0) (i64.const 1))) (i64.const 1)))
(func (export "selvage_start") (param i32 i32) (result i64) (call $down (i64.const 0)))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
