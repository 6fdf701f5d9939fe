// hostile: a proxy that changes itself while it is read
// expect: OK|INVALID_RESULT|RUNTIME_EXCEPTION
const target = { a: 1, b: 2 };
const result = new Proxy(target, {
  ownKeys: () => ['a', 'b'],
  get: (_, key) => {
    delete target.a;
    delete target.b;
    return key;
  },
});
result;
