;; It logs what the clock and the randomness say, and that there is no file system.
;; expect OK
;; frame done {"state":"finished","outcome":{"value":null}}
(func (export "selvage_start") (param i32 i32) (result i64)
  (i64.store (i32.const 0xE000) (i64.const 0x2e2e2e2e2e2e2e2e))
  (i64.store (i32.const 0xE008) (i64.const 0x2e2e2e2e2e2e2e2e))
  (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 0xE000)))
  (drop (call $random (i32.const 0xE008) (i32.const 8)))
  (i32.store8 (i32.const 0xE010) (i32.add (i32.const 48)
    (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 0xE018))))
  (i32.store8 (i32.const 0xE011) (i32.add (i32.const 48) (call $random (i32.const -8) (i32.const 8))))
  (call $tell (i32.const 0xE000) (i32.const 18))
  (global.get $done))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
