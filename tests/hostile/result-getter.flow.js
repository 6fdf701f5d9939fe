// hostile: a result whose getter throws
// expect: RUNTIME_EXCEPTION
// python: @property that raises
const result = {
  get value() {
    throw new Error('no value');
  },
};
result;
