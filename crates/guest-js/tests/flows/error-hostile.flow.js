//: error {"code": "RUNTIME_EXCEPTION", "message": "Error"}
// Nothing that an error's members do can keep it from being reported.
const bad = new Error("x");
for (const key of ["message", "stack", "name", "hint", "cause"]) Object.defineProperty(bad, key, { get() { throw bad; } });
throw bad;
