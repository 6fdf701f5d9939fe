//: shape module
//: value [0, 1, 2, 3, 4]
export default async (flow) => Promise.all([0, 1, 2, 3, 4].map((n) => flow.call("echo", n)));
