//: shape module
//: value null
//: log info top
export const x = 1;
flow.log("top");
