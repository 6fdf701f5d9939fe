// hostile: promises without end in one turn
// expect: QUOTA_MEMORY|QUOTA_FUEL
// python: asyncio.create_task in a loop
for (;;) Promise.resolve().then(() => {});
