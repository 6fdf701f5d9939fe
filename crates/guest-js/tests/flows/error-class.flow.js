//: error {"code": "RUNTIME_EXCEPTION", "message": "AppError: from a class", "line": 3}
class AppError extends Error { get name() { return "AppError"; } }
throw new AppError("from a class");
