;; The guest says so itself.
;; expect RUNTIME_EXCEPTION
;; frame done {"state":"finished","outcome":{"error":{"code":"RUNTIME_EXCEPTION","message":"thrown"}}}
(func (export "selvage_start") (param i32 i32) (result i64) (global.get $done))
(func (export "selvage_resume") (param i32 i32) (result i64) unreachable)
