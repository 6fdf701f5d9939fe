;; A call whose body is not in its frame.
;; expect GUEST_CRASHED
;; frame yielded {"state":"yielded","waiting":1,"calls":[{"id":1,"request":{"op":"fetch","url":"https://a.org","method":"POST","headers":[]},"body":[0,4096]}]}
(func (export "selvage_start") (param i32 i32) (result i64) (global.get $yielded))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
