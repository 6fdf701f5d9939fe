// hostile: an async function that calls itself before it awaits
// expect: QUOTA_STACK
// python: the same
export default async () => {
  const down = async () => await down();
  return await down();
};
