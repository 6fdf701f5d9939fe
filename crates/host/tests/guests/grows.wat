;; It takes what memory there is, one page after the other, and breaks when there is none.
;; limits {"memoryBytesMax": 5243880}
;; expect QUOTA_MEMORY
(func (export "selvage_start") (param i32 i32) (result i64)
  (loop $more
    (call $turn)
    (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (global.set $fault (i32.const 1))
  unreachable)
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
