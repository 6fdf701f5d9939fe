//: error {"code": "RUNTIME_EXCEPTION", "message": "Uncaught { status: 404 }"}
throw { status: 404 };
