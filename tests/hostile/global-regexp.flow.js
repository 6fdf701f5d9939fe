// hostile: patterns whose exec lies
// expect: OK
// value: {"a": "b"}
RegExp.prototype.exec = () => {
  throw new Error('no exec');
};
String.prototype.replace = () => 'forged';
const result = { a: 'b' };
result;
