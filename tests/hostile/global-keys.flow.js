// hostile: another Object.keys
// expect: OK
// value: {"a": 1}
Object.keys = () => {
  for (;;) {}
};
Object.getOwnPropertyDescriptor = Object.keys;
Reflect.ownKeys = Object.keys;
console.log({ a: 1 });
const result = { a: 1 };
result;
