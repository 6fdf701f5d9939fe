// hostile: Promise.all of an iterator without end
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: asyncio.gather
const endless = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) };
export default async () => await Promise.all(endless);
