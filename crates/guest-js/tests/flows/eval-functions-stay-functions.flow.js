//: value [true, true, true, true, "Function", 3, true]
class Callable extends Function { constructor() { try { super("return 1"); } catch { return Object.create(Callable.prototype); } } }
[(() => {}) instanceof Function, Function.prototype === Object.getPrototypeOf(class {}), (async () => {}) instanceof Function, Object.hasOwn(Function, "prototype"), Function.name,
  Math.max.call(null, 1, 3), new Callable() instanceof Function];
