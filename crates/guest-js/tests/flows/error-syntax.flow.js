//: error {"code": "LINT_FAILED", "path": "error-syntax.flow.js", "line": 3, "column": 22}
const fine = 1;
const emoji = "😀" + ;
