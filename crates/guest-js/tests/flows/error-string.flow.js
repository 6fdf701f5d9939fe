//: error {"code": "RUNTIME_EXCEPTION", "message": "Uncaught 'just a text'", "hint": "Throw an Error, which knows where it was made.", "line": 3}

throw "just a text";
