//: shape module
//: value {"plain": true}
export default { plain: true };
