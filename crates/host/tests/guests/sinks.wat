;; The guest's own stack lies at the bottom of the memory and grows down, past 0.
;; expect QUOTA_STACK
(func (export "selvage_start") (param i32 i32) (result i64)
  (i32.store (i32.const -16) (i32.const 1))
  unreachable)
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
