;; It waits for nothing.
;; limits {"wallMsMax": 40}
;; expect QUOTA_WALL
;; frame yielded {"state":"yielded","waiting":0,"calls":[]}
(func (export "selvage_start") (param i32 i32) (result i64) (global.get $yielded))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
