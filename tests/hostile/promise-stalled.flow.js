// hostile: a promise that nobody settles
// expect: STALLED
// python: await asyncio.Future()
export default async () => await new Promise(() => {});
