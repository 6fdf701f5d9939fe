// hostile: an async function that awaits for ever
// expect: QUOTA_FUEL
// python: async def: while True: await asyncio.sleep(0)
export default async () => {
  for (;;) await null;
};
