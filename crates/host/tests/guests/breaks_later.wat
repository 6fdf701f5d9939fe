;; It breaks when it is resumed.
;; expect GUEST_CRASHED
;; frame yielded {"state":"yielded","waiting":1,"calls":[{"id":1,"request":{"op":"sleep","ms":1},"body":null}]}
(func (export "selvage_start") (param i32 i32) (result i64) (global.get $yielded))
(func (export "selvage_resume") (param i32 i32) (result i64)
  (i64.extend_i32_u (i32.div_u (i32.const 1) (i32.const 0))))
