;; It writes a file and does not ask whether it could.
;; expect OK
;; frame write {"op":"write","path":"out/a.txt"} | hello
;; frame done {"state":"finished","outcome":{"value":null}}
(func (export "selvage_start") (param i32 i32) (result i64)
  (drop (call $ask (global.get $write)))
  (global.get $done))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
