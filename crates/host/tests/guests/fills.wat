;; It takes all its memory and is content with it.
;; limits {"memoryBytesMax": 5243880}
;; expect OK
;; frame done {"state":"finished","outcome":{"value":null}}
(func (export "selvage_start") (param i32 i32) (result i64)
  (loop $more
    (call $turn)
    (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (global.get $done))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
