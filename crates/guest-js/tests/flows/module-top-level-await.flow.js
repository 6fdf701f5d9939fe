//: shape module
//: value 3
const waited = await new Promise((resolve) => setTimeout(resolve, 1, 3));
export default waited;
