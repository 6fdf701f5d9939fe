//: value [true, null, "42", [1, 2], 1.5, {"deep": {"er": []}}]
// The value of the last expression is the result, and keeps its types.
const one = 1;
[true, null, "42", [one, 2], 1.5, { deep: { er: [] } }];
