// hostile: a result that is another level each time one looks
// expect: INVALID_RESULT
// python: __getattr__
const result = {
  get deeper() {
    return Object.create(null, { deeper: Object.getOwnPropertyDescriptor(result, 'deeper') });
  },
};
result;
