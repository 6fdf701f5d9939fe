;; It sleeps for longer than it may.
;; limits {"wallMsMax": 40}
;; expect QUOTA_WALL
;; frame yielded {"state":"yielded","waiting":1,"calls":[{"id":1,"request":{"op":"sleep","ms":1e300},"body":null}]}
(func (export "selvage_start") (param i32 i32) (result i64) (global.get $yielded))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
