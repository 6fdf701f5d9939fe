// hostile: an async function that awaits itself
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: the same
export default async () => {
  const again = async () => {
    await null;
    return await again();
  };
  return await again();
};
