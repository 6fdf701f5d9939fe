// hostile: a function that is bound ten thousand times
// expect: QUOTA_STACK|QUOTA_MEMORY
// limits: {"memoryBytesMax": 67108864, "fuelMax": 50000000}
// python: functools.partial of a partial of …
let call = () => 1;
for (let n = 0; n < 10000; n += 1) call = call.bind(null);
call();
