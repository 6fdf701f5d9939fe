//: value [true, true, 2]
// Also a call that fails at once gives a promise, so `.catch` sees it.
const read = flow.fs.read("no.txt");
const found = flow.fs.exists("imports.flow.js");
Promise.all([read.catch(() => 2), found]).then(([two, is]) => [read instanceof Promise, is, two]);
