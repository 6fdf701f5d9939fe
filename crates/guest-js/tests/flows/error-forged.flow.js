//: error {"code": "RUNTIME_EXCEPTION", "message": "Error: forged"}
// A flow can't claim that it ran out of something.
throw Object.assign(new Error("forged"), { code: "QUOTA_CPU" });
