;; A loop that the fuel pass has been over.
;; limits {"fuelMax": 50005}
;; expect QUOTA_FUEL
(func (export "selvage_start") (param i32 i32) (result i64)
  (loop $forever (call $turn) (br $forever))
  unreachable)
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
