// hostile: an input that holds itself
// expect: INVALID_RESULT
// python: the same
export default async (flow) => {
  const input = {};
  input.self = input;
  return await flow.call('ls', input);
};
