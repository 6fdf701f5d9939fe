;; A result that points outside the memory.
;; expect GUEST_CRASHED
(func (export "selvage_start") (param i32 i32) (result i64) (i64.const 0xffff_fff0_0000_00ff))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
