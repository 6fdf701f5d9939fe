//: shape module
//: args {"a": 2, "b": 3}
//: value 5
export default async (flow) => {
  const { a, b } = flow.args;
  return a + b;
};
