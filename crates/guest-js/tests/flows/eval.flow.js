//: value ["EvalError", "EvalError", "EvalError", "EvalError", "EvalError", "EvalError", "EvalError", "EvalError"]
const tried = [
  () => eval("1"), () => (0, eval)("1"), () => new Function("return 1"), () => Function("return 1"), () => (() => {}).constructor("return 1"),
  () => (async () => {}).constructor("return 1"), () => (function* () {}).constructor("yield 1"), () => new ((async function* () {}).constructor)("yield 1"),
];
tried.map((run) => { try { return run(); } catch (error) { return error.name; } });
