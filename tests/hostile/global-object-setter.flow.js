// hostile: setters on the prototype of every object
// expect: OK
// value: {"list": [1, {"a": 2}]}
for (const name of ['value', 'ok', 'error', 'path', 'code', 'message', 'args', 'state', 'id']) {
  Object.defineProperty(Object.prototype, name, {
    __proto__: null,
    configurable: true,
    get: () => 'polluted',
    set: () => {
      throw new Error('a setter of the flow was called');
    },
  });
}
const result = { list: [1, { a: 2 }] };
result;
