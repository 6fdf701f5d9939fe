// hostile: a Symbol.toPrimitive that needs itself
// expect: QUOTA_STACK|OK
// python: __index__ that needs itself
const object = { [Symbol.toPrimitive]: () => object + 1 };
object + 1;
