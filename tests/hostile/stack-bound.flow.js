// hostile: a function that is bound a hundred thousand times
// expect: QUOTA_STACK
// python: functools.partial of a partial of …
let call = () => 1;
for (let n = 0; n < 100000; n += 1) call = call.bind(null);
call();
