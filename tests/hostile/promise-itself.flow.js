// hostile: a promise that waits for itself
// expect: STALLED
// python: a task that awaits itself
export default async () => {
  const promise = (async () => {
    await null;
    await promise;
  })();
  await promise;
};
