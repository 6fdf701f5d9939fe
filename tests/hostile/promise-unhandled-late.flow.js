// hostile: a rejection in a timer that nobody handles
// expect: RUNTIME_EXCEPTION
// python: the same with call_later
export default async () => {
  setTimeout(() => Promise.reject(new Error('late')), 5);
  return 1;
};
