// hostile: a date whose methods lie, as a result
// expect: OK|RUNTIME_EXCEPTION
Date.prototype.toISOString = () => {
  for (;;) {}
};
const result = new Date(0);
result;
