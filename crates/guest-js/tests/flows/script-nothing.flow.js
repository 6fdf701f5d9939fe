//: value null
//: log info hello
console.log("hello");
