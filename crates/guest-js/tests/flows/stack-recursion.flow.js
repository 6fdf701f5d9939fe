//: error {"code": "QUOTA_STACK", "message": "calls are nested deeper than 400", "line": 3}
// The end of the stack can't be caught.
function down() { try { return down(); } catch { return "caught"; } finally { flow.fs; } }
down();
