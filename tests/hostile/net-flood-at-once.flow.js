// hostile: more fetches than are allowed in one turn
// expect: QUOTA_FETCHES
// grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
// python: asyncio.gather
export default async () => await Promise.allSettled(Array.from({ length: 50 }, () => fetch('https://granted.test/')));
