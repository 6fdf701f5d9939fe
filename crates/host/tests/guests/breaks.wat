;; expect GUEST_CRASHED
(func (export "selvage_start") (param i32 i32) (result i64) unreachable)
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
