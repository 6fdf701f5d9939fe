// hostile: numbers that JSON does not have
// expect: OK
// value: [{"$type": "number", "value": "NaN"}, {"$type": "number", "value": "-0"}, {"$type": "number", "value": "Infinity"}, 1e+308]
// python: float('nan')
const result = [NaN, -0, Infinity, 1e308];
result;
