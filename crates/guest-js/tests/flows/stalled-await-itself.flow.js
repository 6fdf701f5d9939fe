//: shape module
//: error {"code": "STALLED"}
const { me } = await import("./stalled-await-itself.flow.js");
export default me;
