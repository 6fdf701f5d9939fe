;; It does not hear that it has called too often, and ends as if nothing were.
;; limits {"callsMax": 10}
;; expect QUOTA_CALLS
;; frame stat {"op":"stat","path":"a.txt"}
;; frame done {"state":"finished","outcome":{"value":"all is well"}}
(func (export "selvage_start") (param i32 i32) (result i64) (local $left i32)
  (local.set $left (i32.const 11))
  (loop $again
    (call $turn)
    (drop (call $ask (global.get $stat)))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (global.get $done))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
