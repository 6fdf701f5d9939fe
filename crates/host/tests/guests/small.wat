;; The guest's own data does not fit.
;; limits {"memoryBytesMax": 131071}
;; expect QUOTA_MEMORY
;; frame done {"state":"finished","outcome":{"value":null}}
(func (export "selvage_start") (param i32 i32) (result i64) (global.get $done))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
