// hostile: a rejection with a thenable that loops
// expect: RUNTIME_EXCEPTION
export default async () => {
  throw {
    then() {
      for (;;) {}
    },
  };
};
