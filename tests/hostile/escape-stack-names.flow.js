// hostile: names of the machine in a stack
// expect: OK
// value: false
// python: traceback.format_exc()
const { stack } = new Error('look');
const result = /\.rs|wasm|\/root|\/home|cargo/.test(String(stack));
result;
