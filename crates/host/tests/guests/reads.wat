;; It logs the answer to reading a file of the snapshot, and where it could not.
;; expect OK
;; frame read {"op":"read","path":"data/a.txt"}
;; frame secret {"op":"read","path":"secret.txt"}
;; frame done {"state":"finished","outcome":{"value":null}}
(func $show (param $frame i64) (local $length i32)
  (local.set $length (call $ask (local.get $frame)))
  (call $take (i32.const 0x10000))
  (call $tell (i32.const 0x10000) (local.get $length)))
(func (export "selvage_start") (param i32 i32) (result i64)
  (call $show (global.get $read))
  (call $show (global.get $secret))
  (global.get $done))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
