;; Two calls under one number.
;; expect GUEST_CRASHED
;; frame yielded {"state":"yielded","waiting":2,"calls":[{"id":1,"request":{"op":"sleep","ms":1},"body":null},{"id":1,"request":{"op":"sleep","ms":2},"body":null}]}
(func (export "selvage_start") (param i32 i32) (result i64) (global.get $yielded))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
