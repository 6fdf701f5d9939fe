;; A frame whose header is none.
;; expect GUEST_CRASHED
;; frame done {"state":"lost"}
(func (export "selvage_start") (param i32 i32) (result i64) (global.get $done))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
