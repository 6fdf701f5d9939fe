//: args {"__proto__": {"polluted": true}}
//: value [false, true]
[{}.polluted === true, Object.hasOwn(flow.args, "__proto__")];
