// hostile: a sleep that is longer than the run may take
// expect: QUOTA_WALL
// limits: {"wallMsMax": 200}
// python: await asyncio.sleep(100)
export default async () => await new Promise((resolve) => setTimeout(resolve, 100000));
