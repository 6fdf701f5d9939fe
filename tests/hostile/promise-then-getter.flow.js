// hostile: a result whose then is a getter that throws
// expect: RUNTIME_EXCEPTION
// python: __await__ that raises
export default async () => ({
  get then() {
    throw new Error('not then');
  },
});
