//: value true
let deep = [];
for (let i = 0; i < 90; i++) deep = [deep];
flow.call("echo", deep).then((same) => JSON.stringify(same) === JSON.stringify(deep));
