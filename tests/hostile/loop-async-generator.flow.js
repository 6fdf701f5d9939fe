// hostile: an async generator that never ends
// expect: QUOTA_FUEL
// python: async for one in ones()
async function* ones() {
  for (;;) yield 1;
}
export default async () => {
  let sum = 0;
  for await (const one of ones()) sum += one;
  return sum;
};
