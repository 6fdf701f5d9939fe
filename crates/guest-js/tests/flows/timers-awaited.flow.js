//: value "early"
//: log info late
// The run lasts until the last timer, and the result stays.
setTimeout(() => console.log("late"), 50);
"early";
