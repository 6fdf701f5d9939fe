// hostile: a result with a then that never answers
// expect: STALLED
// python: the same
export default async () => ({ then: () => {} });
