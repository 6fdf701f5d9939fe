// hostile: causes that go round in a circle
// expect: RUNTIME_EXCEPTION
// python: __cause__ in a circle
const first = new Error('first');
const second = new Error('second', { cause: first });
first.cause = second;
throw first;
